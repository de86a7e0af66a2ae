// Child: builds the database, durable and indexed; prints what it took. Arguments: data set, directory.
import { rmSync } from "node:fs";
import { open } from "stratadb";
import { loadDataset } from "../datasets.mjs";
import { processorSeconds } from "../measure.mjs";

const [name, directory] = process.argv.slice(2);
const set = loadDataset(name, ["base"]);
rmSync(directory, { recursive: true, force: true });
const BATCH = 1000;

const started = performance.now();
const cpuSeconds = await processorSeconds(async () => {
  const db = await open(directory);
  const index = { type: "hnsw", m: 16, efConstruction: 200 };
  const c = await db.collection("c", { dimension: set.dimension, metric: set.metric, index });
  for (let from = 0; from < set.baseCount; from += BATCH) {
    const to = Math.min(from + BATCH, set.baseCount);
    const ids = Array.from({ length: to - from }, (_, i) => from + i);
    // `slice` is 0..9999 for every row, so that `slice < n` selects n/10000 of them, spread over the whole set.
    const metadata = ids.map((id) => ({
      slice: (id * 7919) % 10000,
      five: id % Math.floor(set.baseCount / 5) === 1,
    }));
    await c.upsert({ ids, vectors: set.base.subarray(from * set.dimension, to * set.dimension), metadata });
  }
  await db.flush();
  await db.compact();
  await db.close();
});
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ seconds, cpuSeconds }));
