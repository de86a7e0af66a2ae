// usearch, a native addon, in memory; f32 or f16, on one thread. Its effort is fixed when an index object is made, so a
// new effort loads the index again.
import { join } from "node:path";
import usearch from "usearch";
import { GRAPH, K } from "../../graph.mjs";

const ONE_THREAD = 1;

export function makePeer({ configuration, folder, metric, dimension }) {
  const file = join(folder, "index");
  const make = (effort) =>
    new usearch.Index({
      dimensions: dimension,
      metric: metric === "cosine" ? "cos" : "l2sq",
      quantization: configuration,
      connectivity: GRAPH.m,
      expansion_add: GRAPH.efConstruction,
      expansion_search: effort,
      multi: false,
    });
  let index;
  const load = (effort) => {
    index = make(effort);
    index.load(file);
  };
  return {
    isPersistent: true,
    settings: `${configuration}, connectivity ${GRAPH.m}, expansion_add ${GRAPH.efConstruction}`,
    async build(rows) {
      index = make(K);
      for await (const { first, count, vectors } of rows.blocks(1000)) {
        index.add(
          BigUint64Array.from({ length: count }, (_, i) => BigInt(first + i)),
          vectors,
          ONE_THREAD,
        );
      }
      index.save(file);
    },
    open: () => load(K),
    setEffort: (effort) => load(Number(effort)),
    search: (query) => index.search(query, K, ONE_THREAD),
    rowsOf: (matches) => Array.from(matches.keys, Number),
    searchMany: (queries) => index.search(queries, K, ONE_THREAD),
  };
}
