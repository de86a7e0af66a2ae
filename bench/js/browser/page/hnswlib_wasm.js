// hnswlib-wasm as its README uses it, in the page itself: no worker, no messages, nothing stored.
import { loadHnswlib } from "/hnswlib-wasm/hnswlib.js";
import { fromHnswlib, GRAPH, HNSWLIB_SEED, K } from "../../graph.mjs";
import { baseAt, queryAt } from "../../vector_set.mjs";

/** Rows added in one task, so that the page is not taken for dead. */
const BLOCK = 500;

export class HnswlibWasm {
  #set;
  #index;

  constructor(set) {
    this.#set = set;
  }

  async build() {
    const { baseCount, dimension, metric } = this.#set;
    const library = await loadHnswlib();
    this.#index = new library.HierarchicalNSW(metric, dimension, "");
    this.#index.initIndex(baseCount, GRAPH.m, GRAPH.efConstruction, HNSWLIB_SEED);
    for (let from = 0; from < baseCount; from += BLOCK) {
      const labels = Array.from({ length: Math.min(BLOCK, baseCount - from) }, (_, i) => from + i);
      // As fast as addItems(), and faster than one addPoint() for each.
      this.#index.addPoints(
        labels.map((row) => baseAt(this.#set, row)),
        labels,
        false,
      );
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  close() {
    this.#index?.delete();
  }

  ways = {
    /** It has no call for several queries. */
    searchKnn: async (efSearch) => {
      this.#index.setEfSearch(efSearch);
      const answers = [];
      for (let q = 0; q < this.#set.queryCount; q++) {
        answers.push(this.#index.searchKnn(queryAt(this.#set, q), K, undefined));
      }
      const distance = fromHnswlib(this.#set.metric);
      return (q) => answers[q].distances.map(distance);
    },
  };
}
