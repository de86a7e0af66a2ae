// Child: opens the database, searches it, prints times, memory and the recall curve. Arguments: data set, directory,
// memory budget in bytes (0: default), comma-separated efSearch values. The process is weighed after 1,000 searches and
// before it loads the queries and their true answers.
import { open } from "stratadb";
import { loadDataset, QueryFile } from "../datasets.mjs";
import { K } from "../graph.mjs";
import { median, processorSeconds } from "../measure.mjs";
import { recallOf } from "../recall.mjs";
import { queryAt } from "../vector_set.mjs";

const [name, directory, budget, efs] = process.argv.slice(2);
const queries = new QueryFile(name);
const options = Number(budget) ? { memoryBudget: Number(budget) } : {};

const started = performance.now();
const db = await open(directory, options);
const c = await db.collection("c");
await c.search(queries.at(0), { k: K });
const openMillis = performance.now() - started;
for (let i = 0; i < 1000; i++) await c.search(queries.at(i % queries.count), { k: K });
const rss = process.memoryUsage().rss;
queries.close();
const set = loadDataset(name, ["queries"]);

const ROUNDS = 3;
const curve = [];
for (const efSearch of efs.split(",").map(Number)) {
  const found = [];
  for (let q = 0; q < set.queryCount; q++) found.push(await c.search(queryAt(set, q), { k: K, efSearch }));
  const recall = recallOf(set, K, (q) => found[q].map((hit) => hit.distance));
  const seconds = [];
  for (let round = 0; round < ROUNDS; round++) {
    seconds.push(
      await processorSeconds(async () => {
        for (let q = 0; q < set.queryCount; q++) await c.search(queryAt(set, q), { k: K, efSearch });
      }),
    );
  }
  curve.push({ efSearch, recall, qps: set.queryCount / median(seconds) });
}
const { bytes, memoryBytes } = await db.stats();
await db.close();
console.log(JSON.stringify({ openMillis, rss, bytes, memoryBytes, curve }));
