// What bench/js/browser/pair.mjs has this page do, step by step. The page keeps the data and the engines, and answers
// with figures.
import { K } from "../../graph.mjs";
import { firstRows, recallOf } from "../../recall.mjs";
import { filesOf, makeVectorSet } from "../../vector_set.mjs";
import { Strata } from "./strata.js";

/** Loaded when they are wanted: a peer may be missing. */
const PEERS = {
  edgevec: async () => (await import("./edgevec.js")).EdgeVec,
  "hnswlib-wasm": async () => (await import("./hnswlib_wasm.js")).HnswlibWasm,
};

/** A page's clock is coarse. */
const RUN_SECONDS_MIN = 0.2;

let set;
let engines;
let distancesOf;

async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const secondsSince = (start) => (performance.now() - start) / 1000;

globalThis.bench = {
  /** Loads a data set, or its first `rowCount` rows with a truth of their own, and the peers that are named. */
  async load(name, rowCount, peers) {
    const contents = {};
    for (const [part, file] of Object.entries(filesOf(name))) {
      contents[part] = await fetchBytes(`/data/${name}/${file}`);
    }
    set = makeVectorSet(name, contents);
    const isWhole = rowCount >= set.baseCount;
    if (!isWhole) set = firstRows(set, rowCount, K);
    engines = {
      "StrataDB, memory": new Strata("memory", set),
      "StrataDB, OPFS": new Strata("opfs", set),
    };
    for (const peer of peers) engines[peer] = new (await PEERS[peer]())(set);
    const ways = Object.entries(engines).map(([engine, { ways }]) => [engine, Object.keys(ways)]);
    const { baseCount, dimension, metric } = set;
    return { baseCount, dimension, metric, isWhole, ways };
  },

  /** Builds one engine's index. */
  async build(engine) {
    const start = performance.now();
    await engines[engine].build();
    return secondsSince(start);
  },

  /** Puts all queries to one engine in one way, again and again for a while. */
  async run(engine, way, efSearch) {
    const start = performance.now();
    let searches = 0;
    do {
      distancesOf = await engines[engine].ways[way](efSearch);
      searches += set.queryCount;
    } while (secondsSince(start) < RUN_SECONDS_MIN);
    return { searches, seconds: secondsSince(start) };
  },

  /** The recall of the last run: not in its time. */
  recall: () => recallOf(set, K, distancesOf),

  async close() {
    for (const engine of Object.values(engines)) await engine.close();
  },
};
