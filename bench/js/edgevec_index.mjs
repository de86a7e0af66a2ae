// An empty EdgeVec index: in Node and in a page alike.
import { GRAPH, K } from "./graph.mjs";

/** @param library - The loaded module. */
export function makeEdgeVec(library, dimension) {
  const config = new library.EdgeVecConfig(dimension);
  config.metric = "l2";
  config.m = GRAPH.m;
  config.m0 = 2 * GRAPH.m;
  config.ef_construction = GRAPH.efConstruction;
  config.ef_search = K;
  const index = new library.EdgeVec(config);
  return {
    index,
    settings: `f32, M ${GRAPH.m}, efConstruction ${GRAPH.efConstruction}; effort: hits asked for`,
  };
}

/**
 * Rows as it is given them. Version 0.9.0 under "cosine" answers with the farthest rows, so those of cosine sets are scaled to
 * unit length, for which "l2" has the same order.
 */
export function rowsFor(metric, vectors, dimension) {
  if (metric !== "cosine") return vectors;
  const unit = new Float32Array(vectors.length);
  for (let first = 0; first < vectors.length; first += dimension) {
    const length = Math.hypot(...vectors.subarray(first, first + dimension));
    for (let i = first; i < first + dimension; i++) unit[i] = vectors[i] / length;
  }
  return unit;
}

/**
 * How many hits to ask for. Its ef_search is fixed when an index is made, but it looks at as many candidates as are asked
 * for; making the hits that are thrown away cost it up to 15% when measured.
 */
export const widthOf = (effort) => Math.max(effort, K);
