// The main job: a small library of lessons becomes a database that answers questions in plain words.
//
//   node examples/lessons/main.mjs [--once] [--directory DIR] [--port N]
//
// Ingests the lessons, asks them questions, changes them, kills a process in the middle of writing and shows that
// nothing acknowledged is lost, and ends with a table of figures. Without --once it then serves a page on which the same
// lessons can be searched, from the browser's own storage.
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { open } from "stratadb";
import { LsaEmbedder } from "stratadb/embed";
import { ask, showFilter, showUpdateAndDelete, showWords } from "./questions.mjs";
import { ingestLessons } from "./ingest.mjs";
import { measure, printTable } from "./measure.mjs";
import { heading } from "./print.mjs";
import { serve } from "./serve.mjs";
import { surviveKill } from "./survive_kill.mjs";

const { values: options } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    directory: { type: "string", default: "data/lessons" },
    port: { type: "string", default: "8080" },
  },
});

const QUESTIONS = [
  { text: "What is the purpose of data replication?", page: "15-replication" },
  { text: "Explain key-value databases with examples.", page: "04-key-value-databases" },
  { text: "How does the AVL tree maintain balance?", page: "07-avl-trees" },
];

rmSync(options.directory, { recursive: true, force: true });

// Newer JavaScript says `await using db = await open(...)`; Node.js 20 does not know it yet.
async function withDatabase(work) {
  const db = await open(options.directory);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

heading("Ingest");
await withDatabase(ingestLessons);

// Opened anew: everything below comes from the files.
let answered = true;
await withDatabase(async (db) => {
  const lessons = await db.collection("lessons");
  const embedder = await LsaEmbedder.load(db, "lessons");
  for (const question of QUESTIONS) answered = (await ask(lessons, embedder, question)) && answered;
  await showFilter(lessons, embedder);
  await showWords(lessons, embedder);
  await showUpdateAndDelete(lessons, embedder);
});

heading("Kill a process that is writing");
const survived = await surviveKill(`${options.directory}-killed`);

heading("Figures");
printTable(await measure(options.directory));

if (!answered)
  console.error("\nA question was not answered by its own lesson within the first three passages.");
if (!survived) console.error("\nSomething acknowledged was lost.");
if (!answered || !survived) process.exit(1);

if (!options.once) await serve(options.directory, Number(options.port));
