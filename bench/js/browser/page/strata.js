// StrataDB as any page uses it: the engine in its worker, everything through the public API.
import { open } from "/dist/browser/index.js";
import { fillStrata } from "../../fill_strata.mjs";
import { GRAPH, K } from "../../graph.mjs";
import { queryAt } from "../../vector_set.mjs";

const BATCH = 1000;

/** One database in `storage`, and the ways in which a page may put a set's queries to it. */
export class Strata {
  #storage;
  #set;
  #db;
  #collection;

  constructor(storage, set) {
    this.#storage = storage;
    this.#set = set;
  }

  async build() {
    this.#db = await open("bench", { storage: this.#storage });
    if (this.#db.storage.kind !== this.#storage) throw new Error(`it is in ${this.#db.storage.kind}`);
    const { metric, dimension } = this.#set;
    const options = { metric, dimension, index: { type: "hnsw", ...GRAPH } };
    this.#collection = await fillStrata(this.#db, options, this.#blocks());
  }

  *#blocks() {
    const { base, baseCount, dimension } = this.#set;
    for (let first = 0; first < baseCount; first += BATCH) {
      const count = Math.min(BATCH, baseCount - first);
      yield { first, count, vectors: base.subarray(first * dimension, (first + count) * dimension) };
    }
  }

  close() {
    return this.#db?.close();
  }

  ways = {
    /** One query after the other, each awaited: every one goes to the worker and back by itself. */
    search: async (efSearch) => {
      const answers = [];
      for (let q = 0; q < this.#set.queryCount; q++) {
        answers.push(await this.#collection.search(queryAt(this.#set, q), { k: K, efSearch }));
      }
      return distancesOfHits(answers);
    },
    /** All queries begun before the first is awaited, as a busy page would: the worker never waits for the page. */
    "search, all begun at once": async (efSearch) => {
      const begun = Array.from({ length: this.#set.queryCount }, (_, q) =>
        this.#collection.search(queryAt(this.#set, q), { k: K, efSearch }),
      );
      return distancesOfHits(await Promise.all(begun));
    },
    /** All queries in one call. */
    searchMany: async (efSearch) => {
      const { k, distances, counts } = await this.#collection.searchMany(this.#set.queries, {
        k: K,
        efSearch,
      });
      return (q) => distances.subarray(q * k, q * k + counts[q]);
    },
  };
}

const distancesOfHits = (answers) => (q) => answers[q].map((hit) => hit.distance);
