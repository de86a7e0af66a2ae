// A data set in memory, made from the bytes of its files: in Node and in a page alike.

const SETS = {
  "fashion-mnist": { metric: "l2", extension: "bvecs" },
  "word2vec-300": { metric: "cosine", extension: "fvecs" },
  "docs-lsa": { metric: "cosine", extension: "fvecs" },
  "sift-5k": { metric: "l2", extension: "bvecs" },
  "web-bible": { metric: "cosine", extension: "fvecs" },
};

/** Whether a set is one of those that clustered.mjs makes: clustered-1000 has 1,000 rows. */
export const isClustered = (name) => /^clustered-\d+$/.test(name);

export const metricOf = (name) => (isClustered(name) ? "l2" : SETS[name].metric);

/** The names of a set's files in its folder, by what they hold. */
export function filesOf(name) {
  if (isClustered(name)) return { base: "base.fvecs", queries: "query.fvecs", truth: "truth_dist.fvecs" };
  if (!Object.hasOwn(SETS, name))
    throw new Error(`no data set ${name}; there are ${Object.keys(SETS).join(", ")}`);
  const { extension } = SETS[name];
  return { base: `base.${extension}`, queries: `query.${extension}`, truth: "truth_dist.fvecs" };
}

/** Rows of a .fvecs or .bvecs file (an int32 dimension before each row), as float32, row-major. */
export function decodeRows(bytes, file) {
  const dimension = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const isBytes = file.endsWith(".bvecs");
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

/** @param contents - The bytes (a Uint8Array) of those of the set's files that are wanted: `base`; `queries` and `truth`. */
export function makeVectorSet(name, contents) {
  const files = filesOf(name);
  const rows = (part) => decodeRows(contents[part], files[part]);
  const set = { name, metric: metricOf(name) };
  if (contents.base) {
    const base = rows("base");
    Object.assign(set, { base: base.vectors, baseCount: base.count, dimension: base.dimension });
  }
  if (contents.queries) {
    const queries = rows("queries");
    const truth = rows("truth");
    Object.assign(set, {
      queries: queries.vectors, queryCount: queries.count, dimension: queries.dimension,
      truth: truth.vectors, truthCount: truth.dimension,
    }); // prettier-ignore
  }
  return set;
}

export const queryAt = (set, i) => set.queries.subarray(i * set.dimension, (i + 1) * set.dimension);
export const baseAt = (set, i) => set.base.subarray(i * set.dimension, (i + 1) * set.dimension);
