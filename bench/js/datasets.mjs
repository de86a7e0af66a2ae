// The real data sets, as docs/benchmarks.md describes them; STRATA_DATA says where they lie.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = process.env.STRATA_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

const SETS = {
  "fashion-mnist": { metric: "l2", extension: "bvecs" },
  "word2vec-300": { metric: "cosine", extension: "fvecs" },
  "sift-5k": { metric: "l2", extension: "bvecs" },
};

/** Rows of a .fvecs or .bvecs file (an int32 dimension before each row), as float32, row-major. */
function readVectors(path) {
  const bytes = readFileSync(path);
  const dimension = bytes.readInt32LE(0);
  const isBytes = path.endsWith(".bvecs");
  const stride = 4 + dimension * (isBytes ? 1 : 4);
  const count = bytes.length / stride;
  const vectors = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const at = row * stride + 4;
    const from = isBytes
      ? bytes.subarray(at, at + dimension)
      : new Float32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * dimension));
    vectors.set(from, row * dimension);
  }
  return { dimension, count, vectors };
}

/** Whether the data is here; if not, says so. */
export function haveData() {
  if (existsSync(join(root, "SHA256SUMS"))) return true;
  console.error(`SKIPPED: no data sets at ${root} (set STRATA_DATA)`);
  return false;
}

/** @param parts - Which of "base", "queries" to read. */
export function loadDataset(name, parts = ["base", "queries"]) {
  const { metric, extension } = SETS[name];
  const folder = join(root, name);
  const set = { name, metric };
  if (parts.includes("base")) {
    const base = readVectors(join(folder, `base.${extension}`));
    Object.assign(set, { base: base.vectors, baseCount: base.count, dimension: base.dimension });
  }
  if (parts.includes("queries")) {
    const queries = readVectors(join(folder, `query.${extension}`));
    const truth = readVectors(join(folder, "truth_dist.fvecs"));
    Object.assign(set, {
      queries: queries.vectors, queryCount: queries.count, dimension: queries.dimension,
      truth: truth.vectors, truthCount: truth.dimension,
    }); // prettier-ignore
  }
  return set;
}

export const queryAt = (set, i) => set.queries.subarray(i * set.dimension, (i + 1) * set.dimension);

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
