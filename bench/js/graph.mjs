/** The graph that every engine of these benchmarks builds, and how many neighbours it is asked for. */
export const GRAPH = { m: 16, efConstruction: 200 };
export const K = 10;

/** The seed that hnswlib draws a row's layers from: its own default. */
export const HNSWLIB_SEED = 100;

/** Turns the distances that hnswlib answers into the data set's: its l2 is squared. */
export const fromHnswlib = (metric) => (metric === "l2" ? Math.sqrt : (distance) => distance);
