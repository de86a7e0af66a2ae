// From Markdown files to a searchable collection.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LsaEmbedder, splitMarkdown } from "stratadb/embed";

const folder = fileURLToPath(new URL("../../docs/lessons/", import.meta.url));

/** The passages of all lessons, each with a readable id: "07-avl-trees#3". */
export function readLessons() {
  const passages = [];
  for (const file of readdirSync(folder)
    .filter((name) => /^\d.*\.md$/.test(name))
    .sort()) {
    const page = file.replace(/\.md$/, "");
    for (const [i, passage] of splitMarkdown(readFileSync(folder + file, "utf8")).entries()) {
      passages.push({ id: `${page}#${i + 1}`, page, ...passage });
    }
  }
  return passages;
}

/** What is searched of a passage, by its vector and by its words: its headings say what it is about. */
const searchedText = ({ title, section, text }) => `${title}. ${section}.\n\n${text}`;

/** The passage itself. */
export const passageOf = (searched) => searched.slice(searched.indexOf("\n\n") + 2);

export async function ingestLessons(db) {
  const passages = readLessons();
  const texts = passages.map(searchedText);
  const embedder = await LsaEmbedder.train(texts);
  const lessons = await db.collection("lessons", {
    dimension: embedder.dimension,
    metric: "cosine",
    textIndex: true,
  });
  await lessons.upsert({
    ids: passages.map((p) => p.id),
    vectors: await embedder.embed(texts),
    metadata: passages.map(({ page, title, section, topic, tags }) => ({
      page,
      title,
      section,
      topic,
      tags,
    })),
    texts,
  });
  await embedder.save(db, "lessons");
  await db.flush();
  const pages = new Set(passages.map((p) => p.page)).size;
  console.log(
    `${passages.length} passages of ${pages} lessons, as vectors of ${embedder.dimension} numbers ` +
      "(latent semantic analysis, trained on the lessons themselves)",
  );
}
