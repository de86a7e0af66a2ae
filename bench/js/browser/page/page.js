// What bench/js/browser/pair.mjs has this page do, step by step. The page keeps the data and the engines, and answers
// with figures.
import { K } from "../../graph.mjs";
import { firstRows, recallOf } from "../../recall.mjs";
import { filesOf, makeVectorSet } from "../../vector_set.mjs";
import { EdgeVec } from "./edgevec.js";
import { HnswlibWasm } from "./hnswlib_wasm.js";
import { Strata } from "./strata.js";

/** A page's clock is coarse. */
const RUN_SECONDS_MIN = 0.15;

let set;
let engines;

async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const secondsSince = (start) => (performance.now() - start) / 1000;

globalThis.bench = {
  /** Loads a data set, or its first `rowCount` rows with a truth of their own. */
  async load(name, rowCount) {
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
      EdgeVec: new EdgeVec(set),
      "hnswlib-wasm": new HnswlibWasm(set),
    };
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

  /** Puts all queries to one engine in one way, again and again for a while. Scoring the answers is not in the time. */
  async run(engine, way, efSearch) {
    const start = performance.now();
    let passes = 0;
    let distancesOf;
    do {
      distancesOf = await engines[engine].ways[way](efSearch);
      passes++;
    } while (secondsSince(start) < RUN_SECONDS_MIN);
    const seconds = secondsSince(start) / passes;
    return { efSearch, recall: recallOf(set, K, distancesOf), qps: set.queryCount / seconds };
  },

  async close() {
    for (const engine of Object.values(engines)) await engine.close();
  },
};
