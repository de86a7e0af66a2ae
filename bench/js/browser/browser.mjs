// Whole-engine benchmark in Chromium: StrataDB (in its worker, as a page uses it) beside hnswlib-wasm (called directly in
// the page, so without any messages), on the same data, in the same page, in the same run.
//
//   node bench/js/browser/browser.mjs [--rows N] [--pairs N] [--rounds N] [data set ...]
//
// Every figure is the median over all rounds of N pairs (pair.mjs), and so is every ratio, each taken within one round.
// `--rows` takes the first rows of each set only. Prints a table and writes build/bench/browser.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findChromium } from "../../../tests/browser/support/chromium.mjs";
import { haveData, haveDataset } from "../datasets.mjs";
import { findPeer, PEER } from "./bench_page.mjs";
import { measurePair } from "./pair.mjs";
import { printSet } from "./report.mjs";

const { values, positionals } = parseArgs({
  options: {
    rows: { type: "string", default: "Infinity" },
    pairs: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
  },
  allowPositionals: true,
});
const [rows, pairCount, rounds] = [values.rows, values.pairs, values.rounds].map(Number);
if (![rows, pairCount, rounds].every((n) => n >= 1))
  throw new Error("--rows, --pairs and --rounds: at least 1");

const missing = [
  [findPeer(), `${PEER} is not installed (npm install in bench/js)`],
  [findChromium(), "there is no Chromium (set CHROMIUM to its path)"],
].filter(([found]) => !found);
for (const [, text] of missing) console.error(`SKIPPED: ${text}`);
if (missing.length > 0 || !haveData()) process.exit(1);

const names = (positionals.length ? positionals : ["fashion-mnist", "word2vec-300"]).filter(haveDataset);
const results = [];
for (const name of names) {
  const pairs = [];
  for (let i = 0; i < pairCount; i++) {
    const progress = (text) => console.error(`${name}, pair ${i + 1} of ${pairCount}: ${text}`);
    pairs.push(await measurePair(name, { rows, rounds }, progress));
  }
  printSet(name, pairs);
  results.push({ name, pairs });
}
if (results.length === 0) process.exit(1);

const out = fileURLToPath(new URL("../../../build/bench/", import.meta.url));
mkdirSync(out, { recursive: true });
const machine = { cpu: cpus()[0].model, cores: cpus().length, platform: process.platform };
writeFileSync(join(out, "browser.json"), JSON.stringify({ machine, results }, null, 1));
