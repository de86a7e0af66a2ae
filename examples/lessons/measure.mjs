// A few honest figures about the lessons database, measured as it stands.
import { open } from "stratadb";
import { LsaEmbedder } from "stratadb/embed";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const questions = fileURLToPath(new URL("../../docs/lessons/questions.jsonl", import.meta.url));
const ROUNDS = 40;

export async function measure(directory) {
  const before = performance.now();
  const db = await open(directory);
  const lessons = await db.collection("lessons");
  const openMillis = performance.now() - before;
  const embedder = await LsaEmbedder.load(db, "lessons");

  const asked = readFileSync(questions, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const queries = await embedder.embed(
    asked.map((q) => q.question),
    { kind: "query" },
  );
  const query = (i) => queries.subarray(i * embedder.dimension, (i + 1) * embedder.dimension);

  // Of the ten nearest by exact scan, how many the normal search finds.
  let found = 0;
  let wanted = 0;
  for (const i of asked.keys()) {
    const exact = await lessons.search(query(i), { k: 10, exact: true });
    const hits = await lessons.search(query(i), { k: 10 });
    const bound = exact.at(-1).distance + 1e-6;
    found += hits.filter((hit) => hit.distance <= bound).length;
    wanted += exact.length;
  }

  // How soon a right page comes, by whatever is asked.
  const meanReciprocalRank = async (ask) => {
    let sum = 0;
    for (const [i, { question, expect }] of asked.entries()) {
      const hits = await lessons.search(ask(query(i), question), { k: 100 });
      const rank = hits.findIndex((hit) => expect.includes(`${hit.metadata.page}.md`));
      if (rank >= 0) sum += 1 / (rank + 1);
    }
    return sum / asked.length;
  };
  const meanReciprocalRanks = {
    "by vector": await meanReciprocalRank((vector) => vector),
    "by words": await meanReciprocalRank((_vector, text) => text),
    "by both (rrf)": await meanReciprocalRank((vector, text) => ({ vector, text })),
    "by both (weighted)": await meanReciprocalRank((vector, text) => ({ vector, text, fusion: "weighted" })),
  };

  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < asked.length; i++) await lessons.search(query(i), { k: 10 });
  }
  const seconds = (performance.now() - start) / 1000;

  const stats = await db.stats();
  const records = await lessons.count();
  await db.close();
  return {
    records,
    bytes: stats.bytes,
    openMillis,
    queriesPerSecond: (ROUNDS * asked.length) / seconds,
    recall: found / wanted,
    questions: asked.length,
    meanReciprocalRanks,
  };
}

export function printTable(figures) {
  const rows = [
    ["records", String(figures.records)],
    ["bytes on disk", figures.bytes.toLocaleString("en")],
    ["open", `${figures.openMillis.toFixed(1)} ms`],
    ["queries per second, one after the other", Math.round(figures.queriesPerSecond).toLocaleString("en")],
    ["recall@10 against the exact scan", figures.recall.toFixed(3)],
    ...Object.entries(figures.meanReciprocalRanks).map(([how, rank]) => [
      `mean reciprocal rank of ${figures.questions} questions, ${how}`,
      rank.toFixed(3),
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value.padStart(12)}`);
}
