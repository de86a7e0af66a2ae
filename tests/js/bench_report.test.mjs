// What the benchmarks' figures and pages are made of; the engines themselves are not run here.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeClustered } from "../../bench/js/clustered.mjs";
import { frontier, qpsAtRecall } from "../../bench/js/measure.mjs";
import { Nearest } from "../../bench/js/nearest.mjs";
import { DISTANCES, hitsWithin } from "../../bench/js/recall.mjs";
import { drawLines } from "../../bench/js/report/plot.mjs";
import { writePage } from "../../bench/js/report/page.mjs";
import { putResult, resultsOf } from "../../bench/js/report/results.mjs";
import { RowFile } from "../../bench/js/row_file.mjs";

function inFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), "strata-bench-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the frontier of a curve holds the points that no other beats in recall and speed", () => {
  const curve = [
    { recall: 0.9, qps: 100 },
    { recall: 0.95, qps: 90 },
    { recall: 0.94, qps: 80 }, // Slower than a better one.
    { recall: 0.99, qps: 50 },
  ];
  assert.deepEqual(
    frontier(curve).map(({ recall }) => recall),
    [0.9, 0.95, 0.99],
  );
});

test("speed at a recall lies between the two nearest points, and is nothing where no point reaches it", () => {
  const curve = [
    { recall: 0.9, qps: 400 },
    { recall: 1, qps: 100 },
  ];
  assert.equal(Math.round(qpsAtRecall(curve, 0.95)), 200); // The mean of logarithms.
  assert.equal(qpsAtRecall(curve.slice(0, 1), 0.95), null);
  assert.equal(qpsAtRecall(curve.slice(1), 0.95), 100);
});

test("the nearest are those that sorting everything finds", (t) => {
  const path = join(inFolder(t), "truth.fvecs");
  const distances = Array.from({ length: 100 }, (_, i) => ((i * 37) % 101) + 0.5);
  const nearest = new Nearest(1, 10);
  for (const distance of distances) nearest.offer(0, distance);
  nearest.save(path);
  const file = new RowFile(path);
  assert.deepEqual([...file.at(0)], distances.sort((a, b) => a - b).slice(0, 10));
  file.close();
});

test("a clustered set states the true distances of its own rows", (t) => {
  const folder = inFolder(t);
  const files = Object.fromEntries(
    ["base", "queries", "truth"].map((part) => [part, join(folder, `${part}.fvecs`)]),
  );
  makeClustered(300, files);
  const [base, queries, truth] = [files.base, files.queries, files.truth].map((path) => new RowFile(path));
  const all = Array.from({ length: base.count }, (_, row) => DISTANCES.l2(queries.at(3), base.at(row)));
  const nearest = all.sort((a, b) => a - b).slice(0, 10);
  const set = { truth: truth.read(0, truth.count), truthCount: truth.dimension };
  assert.equal(base.count, 300);
  assert.equal(hitsWithin(set, 3, nearest, 10), 10);
  assert.equal(hitsWithin(set, 3, nearest.map((distance) => distance * 3), 10), 0); // prettier-ignore
  for (const file of [base, queries, truth]) file.close();
});

/** A result as a suite of curves gives it: two pairs, `speed` and twice that. */
const engine = (id, speed) => ({
  id,
  title: id,
  settings: "some",
  pairs: [1, 2].map((times) => ({
    build: { seconds: 2, cpuSeconds: 1, diskBytes: 1e6 },
    open: { openMillis: 5, memoryBytes: 2e6 },
    curves: { all: [0.9, 0.96, 0.995].map((recall, i) => ({ effort: `${i}`, recall, short: 0, queries: 9, qps: (times * speed) / (i + 1) })) },
  })),
}); // prettier-ignore
const machine = {
  date: "2026-01-01",
  cpu: "a",
  cores: 2,
  memoryGiB: 8,
  node: "v20",
  packages: { usearch: "1" },
  debian: {},
};
const entry = (set) => ({
  set, metric: "l2", dimension: 4, baseCount: 1000, machine, options: { pairs: 2, rounds: 1, seconds: 1 },
  engines: [engine("strata", 600), engine("hnswlib-native", 300)],
  skipped: [{ id: "usearch-f32", reason: "not installed" }],
}); // prettier-ignore

test("a new result takes the place of the one for the same data set and leaves the others", (t) => {
  const folder = inFolder(t);
  putResult(folder, "node", entry("one"));
  putResult(folder, "node", entry("two"));
  putResult(folder, "node", { ...entry("one"), dimension: 8 });
  assert.deepEqual(
    resultsOf(folder, "node").map(({ set, dimension }) => [set, dimension]),
    [["one", 8], ["two", 4]],
  ); // prettier-ignore
});

test("the page gives ratios within pairs, says what was skipped, and holds the bars to the results", (t) => {
  const folder = inFolder(t);
  putResult(folder, "node", entry("fashion-mnist"));
  writePage(folder);
  const page = readFileSync(join(folder, "README.md"), "utf8");
  // Pairs differ by a factor of two, but within each StrataDB does twice what its peer does.
  assert.match(page, /\| hnswlib-native \| [\d,]+ \([\d,–]+\) \| 2\.00 \|/);
  assert.match(page, /Not measured\*\* on fashion-mnist: usearch-f32: not installed/);
  assert.match(page, /strata \/ hnswlib-native at recall 0\.95 \| 2\.00 \| 1\.50 \| yes \|/);
  assert.match(
    readFileSync(join(folder, "node-fashion-mnist.svg"), "utf8"),
    /<svg[\s\S]*hnswlib-native[\s\S]*<\/svg>/,
  );
});

test("a plot escapes what engines are called", () => {
  const svg = drawLines({
    title: "a < b", subtitle: "", x: { label: "x", scale: "log" }, y: { label: "y", scale: "log" },
    series: [{ label: "c & d", isOurs: false, style: 0, points: [{ x: 1, y: 1 }, { x: 10, y: 5 }] }],
  }); // prettier-ignore
  assert.match(svg, /a &lt; b/);
  assert.match(svg, /c &amp; d/);
});
