// Child: builds the database, durable and indexed; prints what it took. Arguments: data set, directory.
import { rmSync } from "node:fs";
import { open } from "stratadb";
import { loadDataset } from "../datasets.mjs";
import { fillStrata } from "../fill_strata.mjs";
import { processorSeconds } from "../measure.mjs";

const [name, directory] = process.argv.slice(2);
const set = loadDataset(name, ["base"]);
rmSync(directory, { recursive: true, force: true });

// `slice` is 0..9999 for every row, so that `slice < n` selects n/10000 of them, spread over the whole set.
const metadataOf = (id) => ({
  slice: (id * 7919) % 10000,
  five: id % Math.floor(set.baseCount / 5) === 1,
});

const started = performance.now();
const cpuSeconds = await processorSeconds(async () => {
  const db = await open(directory);
  await fillStrata(db, set, metadataOf);
  await db.close();
});
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, cpuSeconds }));
