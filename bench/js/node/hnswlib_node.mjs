// Child: the same with hnswlib-node (native addon, in memory, one thread). Arguments: data set, efSearch values.
import hnswlib from "hnswlib-node";
import { loadDataset } from "../datasets.mjs";
import { fromHnswlib, GRAPH, HNSWLIB_SEED, K } from "../graph.mjs";
import { median, processorSeconds } from "../measure.mjs";
import { recallOf } from "../recall.mjs";
import { queryAt } from "../vector_set.mjs";

const [name, efs] = process.argv.slice(2);
const set = loadDataset(name);
const index = new hnswlib.HierarchicalNSW(set.metric, set.dimension);
// It takes arrays of numbers; making them is not what is measured.
const arrays = (vectors, count) =>
  Array.from({ length: count }, (_, i) =>
    Array.from(vectors.subarray(i * set.dimension, (i + 1) * set.dimension)),
  );

const started = performance.now();
let cpuSeconds = 0;
index.initIndex(set.baseCount, GRAPH.m, GRAPH.efConstruction, HNSWLIB_SEED);
const BLOCK = 2000;
for (let from = 0; from < set.baseCount; from += BLOCK) {
  const count = Math.min(BLOCK, set.baseCount - from);
  const rows = arrays(set.base.subarray(from * set.dimension), count);
  cpuSeconds += await processorSeconds(() => rows.forEach((row, i) => index.addPoint(row, from + i)));
}
const seconds = (performance.now() - started) / 1000;

const queries = Array.from({ length: set.queryCount }, (_, q) => Array.from(queryAt(set, q)));
const distance = fromHnswlib(set.metric);
const curve = [];
for (const efSearch of efs.split(",").map(Number)) {
  index.setEf(efSearch);
  const recall = recallOf(set, K, (q) => index.searchKnn(queries[q], K).distances.map(distance));
  const times = [];
  for (let round = 0; round < 3; round++) {
    times.push(await processorSeconds(() => queries.forEach((query) => index.searchKnn(query, K))));
  }
  curve.push({ efSearch, recall, qps: set.queryCount / median(times) });
}
console.log(JSON.stringify({ seconds, cpuSeconds, rss: process.memoryUsage().rss, curve }));
