// Child: exact search of all rows beside a plain loop that reads as many bytes, in the same Node. Prints rates, round by
// round in turn. Arguments: folder, metric, files of base rows, queries and true distances, rounds.
//
// Ways: `search` with `exact` on full vectors (all of them cached), a `flat` collection on sq8 codes with rescoring, the
// same asked for all queries at once, and the read loop.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { open } from "stratadb";
import makeWabt from "wabt";
import { fillStrata } from "../fill_strata.mjs";
import { K } from "../graph.mjs";
import { processorSeconds } from "../measure.mjs";
import { hitsWithin } from "../recall.mjs";
import { RowFile } from "../row_file.mjs";

const QUERIES = 20;
const SECONDS_MIN = 0.2; // Of a way in a round.
const [folder, metric, basePath, queryPath, truthPath, rounds] = process.argv.slice(2);
const base = new RowFile(basePath);
const queryFile = new RowFile(queryPath);
const truthFile = new RowFile(truthPath);
const { dimension, count } = base;
const queries = queryFile.read(0, QUERIES);
const truth = { truth: truthFile.read(0, QUERIES), truthCount: truthFile.dimension };
const queryAt = (q) => queries.subarray(q * dimension, (q + 1) * dimension);

async function makeReadLoop(bytes) {
  const wabt = await makeWabt();
  const text = readFileSync(new URL("./read_loop.wat", import.meta.url), "utf8");
  const { buffer } = wabt.parseWat("read_loop.wat", text, { simd: true }).toBinary({});
  const { memory, sum } = new WebAssembly.Instance(new WebAssembly.Module(buffer)).exports;
  const whole = Math.ceil(bytes / 64) * 64;
  memory.grow(Math.ceil(whole / 65536));
  new Uint8Array(memory.buffer).fill(1); // Pages nobody wrote to need not be read from memory.
  return () => sum(whole);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true, mode: 0o700 });
const database = { memoryBudget: 2 ** 31 };
const collections = [];
for (const quantization of ["none", "sq8"]) {
  const db = await open(join(folder, quantization), database);
  collections.push(
    await fillStrata(db, { metric, dimension, index: "flat", quantization }, base.blocks(1000)),
  );
}
const [full, codes] = collections;

const answers = {};
const one = (collection, options) => async () => {
  const found = [];
  for (let q = 0; q < QUERIES; q++)
    found.push(await collection.search(queryAt(q), { k: K, include: [], ...options }));
  return (q) => found[q].map((hit) => hit.distance);
};
const many = (collection, options) => async () => {
  const { distances } = await collection.searchMany(queries, { k: K, ...options });
  return (q) => distances.subarray(q * K, (q + 1) * K);
};
const loop = await makeReadLoop(count * dimension * 4);
const ways = {
  "full vectors": one(full, { exact: true }),
  "full vectors, searchMany": many(full, { exact: true }),
  "sq8 codes": one(codes, {}),
  "sq8 codes, searchMany": many(codes, {}),
  "read loop": () => {
    for (let q = 0; q < QUERIES; q++) loop();
  },
};

const rates = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
for (let round = -1; round < Number(rounds); round++) {
  for (const [way, run] of Object.entries(ways)) {
    let seconds = 0;
    let scans = 0;
    for (; seconds < SECONDS_MIN; scans += QUERIES) {
      seconds += await processorSeconds(async () => (answers[way] = await run()));
    }
    if (round >= 0) rates[way].push(Number((scans / seconds).toFixed(2))); // The first round warms up.
  }
}
const recall = Object.fromEntries(
  Object.entries(answers)
    .filter(([, distancesOf]) => distancesOf)
    .map(([way, distancesOf]) => {
      let hits = 0;
      for (let q = 0; q < QUERIES; q++) hits += hitsWithin(truth, q, distancesOf(q), K);
      return [way, hits / (QUERIES * K)];
    }),
);
console.log(JSON.stringify({ bytesPerScan: count * dimension * 4, rates, recall }));
process.exit(0);
