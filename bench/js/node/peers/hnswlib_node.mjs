// hnswlib-node: a native addon, in memory. It takes arrays of numbers; making them is not what is measured.
import { join } from "node:path";
import hnswlib from "hnswlib-node";
import { sliceOf } from "../../datasets.mjs";
import { GRAPH, HNSWLIB_SEED, K } from "../../graph.mjs";

export function makePeer({ folder, metric, dimension, rowCount }) {
  const index = new hnswlib.HierarchicalNSW(metric, dimension);
  const file = join(folder, "index");
  let filter;
  return {
    isPersistent: true,
    settings: `f32, M ${GRAPH.m}, efConstruction ${GRAPH.efConstruction}`,
    async build(rows) {
      index.initIndex(rowCount, GRAPH.m, GRAPH.efConstruction, HNSWLIB_SEED);
      for await (const { first, count, vectors } of rows.blocks(1000)) {
        const arrays = await rows.setAside(() =>
          Array.from({ length: count }, (_, i) =>
            Array.from(vectors.subarray(i * dimension, (i + 1) * dimension)),
          ),
        );
        arrays.forEach((array, i) => index.addPoint(array, first + i));
      }
      index.writeIndexSync(file);
    },
    open: () => index.readIndexSync(file),
    prepare: (query) => Array.from(query),
    setEffort(effort, slice) {
      index.setEf(Number(effort));
      filter = slice === undefined ? undefined : (row) => sliceOf(row) < slice;
    },
    search: (query) => index.searchKnn(query, K, filter),
    rowsOf: (answer) => answer.neighbors,
  };
}
