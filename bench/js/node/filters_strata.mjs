// Child: filtered search at several selectivities against the exact answer. Arguments: data set, directory.
import { open } from "stratadb";
import { loadDataset } from "../datasets.mjs";
import { processorSeconds } from "../measure.mjs";
import { queryAt } from "../vector_set.mjs";

const [name, directory] = process.argv.slice(2);
const set = loadDataset(name, ["queries"]);
const db = await open(directory);
const c = await db.collection("c");
const QUERIES = 200;

const filters = [
  ["none", undefined],
  ["50%", "slice < 5000"],
  ["10%", "slice < 1000"],
  ["1%", "slice < 100"],
  ["0.1%", "slice < 10"],
  ["0.01%", "slice < 1"],
  ["5 rows", "five = true"],
];
const rows = [];
for (const [label, filter] of filters) {
  const matches = await c.count(filter);
  let found = 0;
  let wanted = 0;
  let short = 0;
  const plans = new Map();
  for (let q = 0; q < QUERIES; q++) {
    const exact = await c.search(queryAt(set, q), { k: 10, filter, exact: true });
    const { hits, plans: used } = await c.explain(queryAt(set, q), { k: 10, filter });
    if (hits.length !== Math.min(10, matches)) short++;
    const bound = exact.at(-1).distance + 1e-5;
    found += hits.filter((hit) => hit.distance <= bound).length;
    wanted += exact.length;
    for (const plan of used) plans.set(plan.strategy, (plans.get(plan.strategy) ?? 0) + 1);
  }
  const seconds = await processorSeconds(async () => {
    for (let q = 0; q < QUERIES; q++) await c.search(queryAt(set, q), { k: 10, filter });
  });
  rows.push({
    label,
    matches,
    recall: found / wanted,
    short,
    qps: QUERIES / seconds,
    plans: Object.fromEntries(plans),
  });
}
await db.close();
console.log(JSON.stringify({ rows }));
