// A small collection on disk, as the command line makes it, and a look at what a database holds.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { open } from "stratadb";
import { cliJson } from "./cli.mjs";
import { freshPath } from "./folder.mjs";

/** The records as lines of JSON. */
export const jsonl = (...records) => records.map((record) => JSON.stringify(record) + "\n").join("");

/** A path for a database, and a function that writes files beside it. */
export function workplace(t) {
  const db = freshPath(t);
  const file = (name, contents) => {
    const path = join(dirname(db), name);
    if (contents !== undefined) writeFileSync(path, contents);
    return path;
  };
  return { db, file };
}

export const BOOKS = jsonl(
  { id: "b1", vector: [1, 0], metadata: { year: 1999, tags: ["db"] }, text: "first" },
  { id: "b2", vector: [0, 1], metadata: { year: 2005, tags: ["web"] } },
  { id: 7, vector: [1, 1], metadata: { year: 2010, tags: ["db"] } },
  { id: "7", vector: [-1, 0], metadata: { year: 2020 } },
);

/** A workplace whose database holds BOOKS as the collection "books". */
export async function withBooks(t) {
  const place = workplace(t);
  await cliJson("import", place.db, "books", place.file("books.jsonl", BOOKS));
  return place;
}

/** What `action` answers of the database at `path`, opened read-only. */
export async function reading(path, action) {
  const db = await open(path, { readOnly: true });
  try {
    return await action(db);
  } finally {
    await db.close();
  }
}

/** All records of a collection. */
export const recordsOf = (path, collection) =>
  reading(path, async (db) => {
    const records = [];
    for await (const record of (await db.collection(collection)).scan()) records.push(record);
    return records;
  });
