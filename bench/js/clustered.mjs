// Synthetic rows of 128 dimensions, for watching how costs grow: the first n rows are the same for every n.
//
// A row is the centre of one of 100 clusters plus a point of the cluster's own flat, egg-shaped cloud: independent normal
// numbers whose spread falls as (1 + i)^-0.5, turned by a random rotation of that cluster (signs, then a Walsh-Hadamard
// transform). So rows of a cluster differ in few directions, as real vectors do (of isotropic clouds in 128 dimensions no
// index finds the nearest without looking at most of them). Queries are rows like the others, kept apart.
import { closeSync, openSync, writeSync } from "node:fs";
import { K } from "./graph.mjs";
import { Nearest } from "./nearest.mjs";

const DIMENSION = 128;
const CLUSTERS = 100;
const QUERIES = 500;
const CENTRE_SPREAD = 0.2; // Centres are about as far apart as two rows of one cluster.
const SEED = 20240601;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function hadamard(values) {
  for (let half = 1; half < DIMENSION; half *= 2) {
    for (let i = 0; i < DIMENSION; i += 2 * half) {
      for (let j = i; j < i + half; j++) {
        const a = values[j];
        const b = values[j + half];
        values[j] = a + b;
        values[j + half] = a - b;
      }
    }
  }
}

/** A function that makes the next row. */
function rows(seed) {
  const shape = uniform(SEED);
  const centres = Float64Array.from({ length: CLUSTERS * DIMENSION }, () => CENTRE_SPREAD * normal(shape));
  const signs = Int8Array.from({ length: CLUSTERS * DIMENSION }, () => (shape() < 0.5 ? -1 : 1));
  const spread = Float64Array.from({ length: DIMENSION }, (_, i) => (1 + i) ** -0.5);
  const random = uniform(seed);
  const row = new Float64Array(DIMENSION);
  return () => {
    const from = Math.floor(random() * CLUSTERS) * DIMENSION;
    for (let i = 0; i < DIMENSION; i++) row[i] = spread[i] * normal(random);
    // Twice, with signs between: once would leave each of the large numbers along one fixed direction of all clusters.
    for (let i = 0; i < DIMENSION; i++) row[i] *= signs[from + i];
    hadamard(row);
    for (let i = 0; i < DIMENSION; i++) row[i] *= signs[from + ((i * 37) % DIMENSION)] / Math.sqrt(DIMENSION);
    hadamard(row);
    for (let i = 0; i < DIMENSION; i++) row[i] = centres[from + i] + row[i] / Math.sqrt(DIMENSION);
    return row;
  };
}

/** The bytes of one row of a .fvecs file, filled from `row`; `values` are its numbers. */
function makeRecord() {
  const bytes = new Uint8Array(4 + 4 * DIMENSION);
  new DataView(bytes.buffer).setInt32(0, DIMENSION, true);
  return { bytes, values: new Float32Array(bytes.buffer, 4) };
}

/** The squared distance, or any larger number once it is clear that it is not below `bound`. */
function squaredDistance(a, b, offset, bound) {
  let sum = 0;
  for (let i = 0; i < DIMENSION && sum < bound; i += 32) {
    for (let j = i; j < i + 32; j++) {
      const difference = a[j] - b[offset + j];
      sum += difference * difference;
    }
  }
  return sum;
}

/** Writes a set of `count` rows to `files` { base, queries, truth }. */
export function makeClustered(count, files) {
  const { bytes, values } = makeRecord();
  const write = (path, rowCount, next, seen) => {
    const file = openSync(path, "w");
    for (let row = 0; row < rowCount; row++) {
      values.set(next());
      seen(row);
      writeSync(file, bytes);
    }
    closeSync(file);
  };
  const queries = new Float32Array(QUERIES * DIMENSION);
  write(files.queries, QUERIES, rows(SEED + 1), (row) => queries.set(values, row * DIMENSION));
  const nearest = new Nearest(QUERIES, K);
  write(files.base, count, rows(SEED + 2), () => {
    for (let q = 0; q < QUERIES; q++) {
      nearest.offer(q, squaredDistance(values, queries, q * DIMENSION, nearest.bound(q)));
    }
  });
  nearest.save(files.truth, Math.sqrt);
}
