// Whole-engine benchmark in Node: StrataDB (WebAssembly, durable, from files) beside hnswlib-node (native, in memory).
//
//   node bench/js/node/node.mjs [--pairs N] [data set ...]
//
// Each figure is the median over N pairs of runs, one process each, the two engines in turn. Prints a table and writes
// build/bench/node.json.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { haveData, loadDataset } from "../datasets.mjs";
import { firstReaching, median, qpsAtRecall } from "../measure.mjs";

const { values, positionals } = parseArgs({
  options: { pairs: { type: "string", default: "3" } },
  allowPositionals: true,
});
const here = fileURLToPath(new URL("./", import.meta.url));
const out = fileURLToPath(new URL("../../../build/bench/", import.meta.url));
const EFS = "10,16,24,32,48,64,96,128,192";
const BUDGET = 128 * 2 ** 20;

if (!haveData()) process.exit(1);
mkdirSync(out, { recursive: true });

function child(script, ...args) {
  const output = execFileSync(process.execPath, [join(here, script), ...args.map(String)], {
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output.toString().trim().split("\n").at(-1));
}

const emptyRss = () =>
  Number(execFileSync(process.execPath, ["-e", "console.log(process.memoryUsage().rss)"]));
const MB = 2 ** 20;

function report(name) {
  const { baseCount, dimension } = loadDataset(name, ["base"]);
  const raw = baseCount * dimension * 4;
  const directory = join(out, name);
  const pairs = [];
  for (let i = 0; i < Number(values.pairs); i++) {
    const build = child("build_strata.mjs", name, directory);
    const peer = child("hnswlib_node.mjs", name, EFS);
    const search = child("search_strata.mjs", name, directory, 0, EFS);
    const small = child("search_strata.mjs", name, directory, BUDGET, "64");
    pairs.push({ build, peer, search, small, empty: emptyRss() });
    console.error(`${name}: pair ${i + 1} of ${values.pairs}`);
  }
  const of = (pick) => median(pairs.map(pick));
  const qps = (pick, recall) => of((pair) => qpsAtRecall(pick(pair).curve, recall) ?? 0);
  const recallAt = (ef) => of((pair) => pair.search.curve.find((point) => point.efSearch === ef).recall);
  const enough = firstReaching(pairs[0].search.curve, 0.99);
  const rows = [
    ["recall@10 at the default efSearch (64)", recallAt(64).toFixed(4), "at least 0.95"],
    [
      "efSearch for recall 0.99",
      enough ? `${enough.efSearch} (${enough.recall.toFixed(4)})` : "none",
      "documented",
    ],
    [
      "build, seconds of processor time",
      of((p) => p.build.cpuSeconds).toFixed(1),
      `hnswlib-node ${of((p) => p.peer.cpuSeconds).toFixed(1)}`,
    ],
    ["build / hnswlib-node's", of((p) => p.build.cpuSeconds / p.peer.cpuSeconds).toFixed(2), "at most 1"],
    [
      "queries per second at 0.95",
      qps((p) => p.search, 0.95).toFixed(0),
      `hnswlib-node ${qps((p) => p.peer, 0.95).toFixed(0)}`,
    ],
    [
      "queries per second at 0.99",
      qps((p) => p.search, 0.99).toFixed(0),
      `hnswlib-node ${qps((p) => p.peer, 0.99).toFixed(0)}`,
    ],
    ["open until the first answer, ms", of((p) => p.search.openMillis).toFixed(0), "under 300"],
    [
      "resident growth after 1,000 searches / raw",
      of((p) => (p.search.rss - p.empty) / raw).toFixed(2),
      "at most 1.4",
    ],
    ["resident growth, 128 MB budget, MB", of((p) => (p.small.rss - p.empty) / MB).toFixed(0), "at most 160"],
    ["size on disk / raw vectors", of((p) => p.search.bytes / raw).toFixed(2), ""],
  ];
  console.log(
    `\n${name}: ${baseCount} x ${dimension}, M = 16, efConstruction = 200, median of ${values.pairs} pairs`,
  );
  for (const [what, value, beside] of rows)
    console.log(`  ${what.padEnd(42)} ${String(value).padStart(12)}   ${beside}`);
  const filters = child("filters_strata.mjs", name, directory).rows;
  console.log(
    "  filters: selectivity, matches, recall@10, searches that came back short, queries per second, plans",
  );
  for (const row of filters) {
    console.log(
      `    ${row.label.padEnd(8)} ${String(row.matches).padStart(7)}  ${row.recall.toFixed(4)}  ${row.short}` +
        `  ${row.qps.toFixed(0).padStart(6)}  ${JSON.stringify(row.plans)}`,
    );
  }
  return { name, pairs, filters };
}

const names = positionals.length ? positionals : ["fashion-mnist", "word2vec-300"];
const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  node: process.version,
  platform: process.platform,
};
writeFileSync(join(out, "node.json"), JSON.stringify({ machine, results: names.map(report) }, null, 1));
