// EdgeVec as its README uses it, in the page itself: no worker, no messages, nothing stored.
import load, * as library from "/edgevec/edgevec.js";
import { makeEdgeVec, rowsFor, widthOf } from "../../edgevec_index.mjs";
import { K } from "../../graph.mjs";
import { DISTANCES } from "../../recall.mjs";
import { baseAt, queryAt } from "../../vector_set.mjs";

/** Rows added in one task, so that the page is not taken for dead. */
const BLOCK = 500;

export class EdgeVec {
  #set;
  #index;
  #firstId;
  #queries;

  constructor(set) {
    this.#set = set;
    const { metric, dimension, queryCount } = set;
    this.#queries = Array.from({ length: queryCount }, (_, q) => rowsFor(metric, queryAt(set, q), dimension));
  }

  async build() {
    const { base, baseCount, dimension, metric } = this.#set;
    await load();
    this.#index = makeEdgeVec(library, dimension).index;
    for (let first = 0; first < baseCount; first += BLOCK) {
      const count = Math.min(BLOCK, baseCount - first);
      const ids = this.#index.insertBatchFlat(
        rowsFor(metric, base.subarray(first * dimension, (first + count) * dimension), dimension),
        count,
      );
      this.#firstId ??= ids[0];
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  close() {
    this.#index?.free();
  }

  ways = {
    /** It has no call for several queries. */
    search: (effort) => {
      const answers = [];
      for (let q = 0; q < this.#set.queryCount; q++) {
        answers.push(this.#index.search(this.#queries[q], widthOf(effort)));
      }
      const distance = DISTANCES[this.#set.metric];
      // Its scores are l2 also where the set's distances are cosine.
      return (q) =>
        answers[q]
          .slice(0, K)
          .map(({ id }) => distance(queryAt(this.#set, q), baseAt(this.#set, id - this.#firstId)));
    },
  };
}
