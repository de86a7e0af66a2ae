// What counts as found: in Node and in a page alike.
import { baseAt, queryAt } from "./vector_set.mjs";

/**
 * Of the k nearest, how many were found. A hit counts by its distance (rows at equal distance are equally right), with
 * room for float rounding.
 */
export function hitsWithin(set, query, distances, k) {
  const bound = set.truth[query * set.truthCount + k - 1];
  const slack = 1e-5 * Math.max(1, Math.abs(bound));
  let hits = 0;
  for (const distance of distances) if (distance <= bound + slack) hits++;
  return Math.min(hits, k);
}

/** The share found of the k nearest of all queries. @param distancesOf - What was answered to query i. */
export function recallOf(set, k, distancesOf) {
  let hits = 0;
  for (let q = 0; q < set.queryCount; q++) hits += hitsWithin(set, q, distancesOf(q), k);
  return hits / (k * set.queryCount);
}

/** How far apart two vectors are, as the data sets' truth has it. */
export const DISTANCES = {
  l2(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
    return Math.sqrt(sum);
  },
  cosine(a, b) {
    let dot = 0;
    let aa = 0;
    let bb = 0;
    for (let i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return 1 - dot / Math.sqrt(aa * bb);
  },
};

/** The set's first `rowCount` base rows, with the k nearest among them found by comparing with every one. */
export function firstRows(set, rowCount, k) {
  const distance = DISTANCES[set.metric];
  const truth = new Float32Array(set.queryCount * k);
  const distances = new Float64Array(rowCount);
  for (let q = 0; q < set.queryCount; q++) {
    const query = queryAt(set, q);
    for (let row = 0; row < rowCount; row++) distances[row] = distance(query, baseAt(set, row));
    truth.set(distances.sort().subarray(0, k), q * k);
  }
  const base = set.base.subarray(0, rowCount * set.dimension);
  return { ...set, base, baseCount: rowCount, truth, truthCount: k };
}
