// An empty EdgeVec index: in Node and in a page alike.
import { GRAPH, K } from "./graph.mjs";

/** @param library - The loaded module. */
export function makeEdgeVec(library, metric, dimension) {
  const config = new library.EdgeVecConfig(dimension);
  config.metric = metric;
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
 * How many hits to ask for. Its ef_search is fixed when an index is made, but it looks at as many candidates as are asked
 * for; making the hits that are thrown away costs it at most a few per cent.
 */
export const widthOf = (effort) => Math.max(effort, K);
