// Measures StrataDB beside its peers and writes docs/benchmarks: results as JSON, plots, and a page with tables.
//
//   node bench/js/report.mjs                                    everything; takes hours, most of them for pgvector
//   node bench/js/report.mjs --suites node --sets fashion-mnist --engines strata,hnswlib-native --pairs 1
//   node bench/js/report.mjs --suites node --sets sift-5k --efforts 16,64 --out build/bench/report     a quick look
//   node bench/js/report.mjs --only-page                        the page and plots again, from the results there are
//
// It first installs and builds what it needs; --no-prepare leaves that out. What is missing then is skipped, loudly. A
// suite's results for a data set replace the earlier ones for it, so suites and sets can be run one by one. Times are
// processor time, and engines run on one thread.
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "../../tools/run.mjs";
import { haveDataset, openDataset } from "./datasets.mjs";
import { engineOf } from "./engines.mjs";
import { describeMachine } from "./report/machine.mjs";
import { writePage } from "./report/page.mjs";
import { putResult } from "./report/results.mjs";
import { SUITES } from "./report/suites.mjs";

const { values } = parseArgs({
  options: {
    suites: { type: "string", default: Object.keys(SUITES).join(",") },
    sets: { type: "string" },
    engines: { type: "string" },
    efforts: { type: "string" },
    pairs: { type: "string", default: "3" },
    rounds: { type: "string", default: "2" },
    seconds: { type: "string", default: "0.3" },
    "build-seconds-max": { type: "string", default: "120" },
    rows: { type: "string", default: "Infinity" },
    out: { type: "string", default: fileURLToPath(new URL("../../docs/benchmarks/", import.meta.url)) },
    "no-prepare": { type: "boolean", default: false },
    "only-page": { type: "boolean", default: false },
  },
});
const list = (text) => text?.split(",").filter(Boolean);
const number = (name) => {
  if (Number(values[name]) > 0) return Number(values[name]);
  throw new Error(`--${name}: ${values[name]} is no positive number`);
};
const efforts = list(values.efforts);
const options = {
  pairs: number("pairs"),
  rounds: number("rounds"),
  seconds: number("seconds"),
  buildSecondsMax: number("build-seconds-max"),
  rows: number("rows"), // Of each set, in Chromium only.
  efforts: (engine) =>
    engine.efforts.filter((effort) => !efforts || efforts.includes(effort) || engine.efforts.length === 1),
};
const out = resolve(values.out);

/** Debian's packages, npm's, and the native programs; each step does nothing when it is done. */
async function prepare() {
  const repo = fileURLToPath(new URL("../../", import.meta.url));
  const build = ["bench_engine", "bench_hnswlib_native", "bench_hnswlib_x86-64", "bench_faiss"];
  await run("bash", ["tools/setup/packages.sh", "native", "bench"]);
  await run("npm", ["install", "--no-package-lock"], { cwd: `${repo}bench/js` });
  if (!existsSync(`${repo}dist/node/index.js`)) await run(process.execPath, ["tools/build.mjs"]);
  await run("cmake", ["--preset", "release"]);
  await run("cmake", ["--build", "build/release", "--target", ...build]);
}

async function measure(name) {
  const suite = SUITES[name];
  if (!suite) throw new Error(`no suite ${name}; there are ${Object.keys(SUITES).join(", ")}`);
  const missing = suite.missing?.();
  if (missing) return console.error(`SKIPPED: ${name}: ${missing}`);
  const chosen = (list(values.engines) ?? suite.engines).map(engineOf);
  const engines = chosen.filter(({ id }) => suite.engines.includes(id));
  for (const setName of (list(values.sets) ?? suite.sets).filter(haveDataset)) {
    const set = openDataset(setName);
    const progress = (text) => console.error(`${name}, ${setName}: ${text}`);
    const result = await suite.run(set, engines, { ...options, progress });
    const { metric, dimension, baseCount } = set;
    const { pairs, rounds, seconds } = options;
    putResult(out, name, {
      set: setName,
      metric,
      dimension,
      baseCount,
      machine: describeMachine(suite.runtime?.() ?? process.execPath),
      options: { pairs, rounds, seconds },
      ...result,
    });
  }
}

mkdirSync(out, { recursive: true });
if (!values["only-page"]) {
  if (!values["no-prepare"]) await prepare();
  for (const name of list(values.suites)) await measure(name);
}
writePage(out);
console.log(`wrote ${out}/README.md`);
