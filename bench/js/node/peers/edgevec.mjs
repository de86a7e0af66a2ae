// EdgeVec: Rust in WebAssembly, in memory (it can save to IndexedDB only, which Node has not).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { sliceOf } from "../../datasets.mjs";
import { makeEdgeVec, rowsFor, widthOf } from "../../edgevec_index.mjs";

export async function makePeer({ metric, dimension }) {
  const library = await import("edgevec");
  const wasm = createRequire(import.meta.url).resolve("edgevec/edgevec_bg.wasm");
  await library.default({ module_or_path: readFileSync(wasm) });
  const { index, settings } = makeEdgeVec(library, dimension);
  let width = widthOf(0);
  let filter;
  let firstId;
  return {
    isPersistent: false,
    settings,
    async build(rows, withSlices) {
      for await (const { first, count, vectors: raw } of rows.blocks(1000)) {
        const vectors = await rows.setAside(() => rowsFor(metric, raw, dimension));
        if (withSlices) {
          for (let i = 0; i < count; i++) {
            const id = index.insertWithMetadata(vectors.subarray(i * dimension, (i + 1) * dimension), {
              slice: sliceOf(first + i),
            });
            firstId ??= id;
          }
        } else {
          const ids = index.insertBatchFlat(vectors, count);
          firstId ??= ids[0];
        }
      }
    },
    prepare: (query) => rowsFor(metric, query, dimension),
    setEffort(effort, slice) {
      width = widthOf(Number(effort));
      filter = slice === undefined ? undefined : `slice < ${slice}`;
    },
    search: (query) => (filter ? index.searchWithFilter(query, filter, width) : index.search(query, width)),
    rowsOf: (hits) => hits.map((hit) => hit.id - firstId),
  };
}
