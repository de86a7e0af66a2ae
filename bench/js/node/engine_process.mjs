// One engine in a process of its own. Its input is lines, its output one line of JSON for each:
//
//   build [slices]                     makes the index in the folder, with a field `slice` to filter on if asked
//   open                               opens it (those that keep nothing on disk stay as they were built), and is weighed
//   point EFFORT SECONDS               recall, and queries per second over about SECONDS of processor time
//   point EFFORT SECONDS SLICE TRUTH   the same among the rows with slice < SLICE, whose true distances are in TRUTH
//
// Arguments: module in peers/, configuration, folder, metric, files of base rows, queries, true distances. The programs in
// bench/native/peers do the same.
import { createInterface } from "node:readline";
import { K } from "../graph.mjs";
import { processorSeconds } from "../measure.mjs";
import { DISTANCES, hitsWithin } from "../recall.mjs";
import { RowFile } from "../row_file.mjs";

// A pass over all queries that takes longer is cut short, but not below QUERIES_MIN.
const PASS_SECONDS_MAX = 2;
const QUERIES_MIN = 50;
const SEARCHES_BEFORE_WEIGHING = 1000;

const [file, configuration, folder, metric, basePath, queryPath, truthPath] = process.argv.slice(2);
const base = new RowFile(basePath);
const queryFile = new RowFile(queryPath);
const { makePeer } = await import(`./peers/${file}`);
const peer = await makePeer({
  configuration,
  folder,
  metric,
  dimension: base.dimension,
  rowCount: base.count,
});

/** Seconds of processor time and of the clock that belong to the benchmark and not to the engine. */
const aside = { cpu: 0, clock: 0 };
async function setAside(work) {
  const start = performance.now();
  let result;
  aside.cpu += await processorSeconds(async () => (result = await work()));
  aside.clock += (performance.now() - start) / 1000;
  return result;
}

/** The rows to index. What a peer needs to convert first is done in `setAside`, like reading them. */
const rows = {
  count: base.count,
  dimension: base.dimension,
  setAside,
  async *blocks(size) {
    const blocks = base.blocks(size);
    for (;;) {
      const { value, done } = await setAside(() => blocks.next());
      if (done) return;
      yield value;
    }
  },
};

async function build(withSlices) {
  const start = performance.now();
  const cpu = await processorSeconds(() => peer.build(rows, withSlices === "slices"));
  const clock = (performance.now() - start) / 1000;
  return {
    seconds: clock - aside.clock,
    cpuSeconds: cpu - aside.cpu,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    isPersistent: peer.isPersistent,
  };
}

const prepared = (query) => peer.prepare?.(query) ?? query;

async function open() {
  const first = prepared(queryFile.at(0));
  const start = performance.now();
  if (peer.isPersistent) await peer.open();
  await peer.search(first);
  const openMillis = peer.isPersistent ? performance.now() - start : null;
  for (let i = 0; i < SEARCHES_BEFORE_WEIGHING; i++) {
    await peer.search(prepared(queryFile.at(i % queryFile.count)));
    // Slow ones need no thousand to have touched everything.
    if (performance.now() - start > 20_000) break;
  }
  globalThis.gc?.();
  return { openMillis, residentBytes: process.memoryUsage().rss };
}

let queries;
const truths = new Map();

function truthOf(path) {
  if (!truths.has(path)) {
    const truth = new RowFile(path);
    truths.set(path, {
      truth: truth.read(0, truth.count),
      truthCount: truth.dimension,
      queryCount: truth.count,
    });
    truth.close();
  }
  return truths.get(path);
}

/** Answers to queries 0 to count - 1, or to as many as there is time for. */
async function pass(count, secondsMax = Infinity) {
  const answers = [];
  const start = performance.now();
  for (let q = 0; q < count; q++) {
    if (q >= QUERIES_MIN && performance.now() - start > 1000 * secondsMax) break;
    let answer = peer.search(queries[q]);
    // Those that answer at once are not made to wait.
    if (answer instanceof Promise) answer = await answer;
    answers.push(answer);
  }
  return answers;
}

function score(answers, truth, slice) {
  const distance = DISTANCES[metric];
  let hits = 0;
  let wanted = 0;
  let short = 0;
  answers.forEach((answer, q) => {
    const rowsFound = [...new Set(peer.rowsOf(answer))].slice(0, K);
    const raw = queryFile.at(q);
    const distances = rowsFound.map((row) => distance(raw, base.at(row)));
    const nearest = truth.truth.subarray(q * truth.truthCount, q * truth.truthCount + K);
    const matches = slice === undefined ? K : nearest.filter((one) => one < Infinity).length;
    if (rowsFound.length < matches) short++;
    hits += Math.min(matches, hitsWithin(truth, q, distances, K));
    wanted += matches;
  });
  return { recall: hits / wanted, short };
}

/** Passes until `seconds` of processor time are over. */
async function rate(once, seconds) {
  const start = performance.now();
  let cpu = 0;
  let searches = 0;
  do {
    cpu += await processorSeconds(async () => (searches += await once()));
  } while (cpu < seconds && performance.now() - start < 4000 * seconds);
  return { qps: searches / cpu, clockQps: (1000 * searches) / (performance.now() - start) };
}

async function point(effort, seconds, slice, path = truthPath) {
  queries ??= Array.from({ length: queryFile.count }, (_, q) => prepared(queryFile.at(q)));
  const truth = truthOf(path);
  await peer.setEffort(effort, slice === undefined ? undefined : Number(slice));
  const answers = await pass(truth.queryCount, PASS_SECONDS_MAX);
  const count = answers.length;
  const { recall, short } = score(answers, truth, slice);
  const result = { recall, short, queries: count };
  Object.assign(result, await rate(async () => (await pass(count)).length, Number(seconds)));
  if (peer.searchMany && slice === undefined) {
    const all = new Float32Array(count * base.dimension);
    for (let q = 0; q < count; q++) all.set(queryFile.at(q), q * base.dimension);
    const many = await rate(async () => (await peer.searchMany(all), count), Number(seconds));
    result.manyQps = many.qps;
  }
  return result;
}

console.log(JSON.stringify({ settings: peer.settings }));
const commands = { build, open, point };
for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  console.log(JSON.stringify(await commands[command](...args)));
}
await peer.close?.();
process.exit(0);
