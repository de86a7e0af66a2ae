/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` vectors of `dimension` numbers in [-1, 1), row-major. */
export function randomVectors(count, dimension, seed) {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * dimension }, () => 2 * random() - 1);
}

const METRICS = {
  l2: (a, b) => Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0)),
  cosine: (a, b) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
  dot: (a, b) => -dot(a, b),
};
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The k nearest rows by comparing with every one: [{ row, distance }], nearest first. */
export function bruteForce(vectors, dimension, query, k, metric, keep = () => true) {
  const found = [];
  for (let row = 0; row * dimension < vectors.length; row++) {
    if (!keep(row)) continue;
    found.push({
      row,
      distance: METRICS[metric](vectors.subarray(row * dimension, (row + 1) * dimension), query),
    });
  }
  return found.sort((a, b) => a.distance - b.distance).slice(0, k);
}
