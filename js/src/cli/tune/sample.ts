import type { Collection } from "../../collection.js";
import { StrataError, throwIfAborted } from "../../errors.js";
import { formatOf, readRows } from "../formats/formats.js";
import { badInput } from "../formats/rows.js";
import { InputFile } from "../input_file.js";

/** Engines compare fewer rows one by one, whatever the index: core/include/strata/options.h. */
export const ROWS_MIN = 2000;
const FILE_LIMITS = { rows: 1000, bytes: 2 ** 24 };
const SEED = 20261121;

/** What is measured with: vectors to search in, and vectors to search for, both row-major. */
export interface Sample {
  dimension: number;
  rowCount: number;
  rows: Float32Array;
  queryCount: number;
  queries: Float32Array;
}

export interface SampleRequest {
  /** At most so many, drawn evenly. */
  rows: number;
  queries: number;
  /** Where the queries are; without it rows are taken, which are then not among those that are searched. */
  queryFile: string | undefined;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

/** @throws `FAILED_PRECONDITION` if the collection has too few vectors for an index. */
export async function takeSample(collection: Collection, request: SampleRequest): Promise<Sample> {
  const { dimension } = collection.options;
  const given =
    request.queryFile === undefined ? undefined : await readQueries(request.queryFile, dimension, request);
  const drawn = await drawRows(collection, request.rows + (given ? 0 : request.queries), request);
  const drawnCount = dimension === 0 ? 0 : drawn.length / dimension;
  // Never so many that more would be searched for than in.
  const queryCount = given ? 0 : Math.min(request.queries, Math.floor(drawnCount / 10));
  const rowCount = drawnCount - queryCount;
  if (rowCount < ROWS_MIN) {
    throw new StrataError(
      "FAILED_PRECONDITION",
      `${rowCount} vectors to measure with: fewer than ${ROWS_MIN} are compared one by one, whatever the index`,
    );
  }
  if (given) {
    return { dimension, rowCount, rows: drawn, queryCount: given.length / dimension, queries: given };
  }
  // Evenly over the collection, and out of the rows, so that no query finds itself.
  const rows = new Float32Array(rowCount * dimension);
  const queries = new Float32Array(queryCount * dimension);
  for (let i = 0, taken = 0; i < drawnCount; i++) {
    const vector = drawn.subarray(i * dimension, (i + 1) * dimension);
    if (Math.floor(((i + 1) * queryCount) / drawnCount) > taken) queries.set(vector, taken++ * dimension);
    else rows.set(vector, (i - taken) * dimension);
  }
  return { dimension, rowCount, rows, queryCount, queries };
}

/** Each record is as likely as any other to be among the `count` (Knuth, TAOCP 2, 3.4.2, algorithm S). */
async function drawRows(
  collection: Collection,
  count: number,
  { signal, onProgress }: SampleRequest,
): Promise<Float32Array> {
  const { dimension } = collection.options;
  const total = await collection.count();
  const wanted = Math.min(count, total);
  const drawn = new Float32Array(wanted * dimension);
  const random = seededRandom(SEED);
  let seen = 0;
  let chosen = 0;
  let stored = 0;
  for await (const { vector } of collection.scan({ include: ["vector"], signal })) {
    // Records that came since they were counted may be more than there is room for.
    if (chosen < wanted && random() * (total - seen) < wanted - chosen) {
      chosen++;
      if (vector) drawn.set(vector, stored++ * dimension);
    }
    if (++seen % 1000 === 0) onProgress(Math.min(1, seen / total));
  }
  return drawn.subarray(0, stored * dimension);
}

async function readQueries(
  path: string,
  dimension: number,
  { queries: countMax, signal }: SampleRequest,
): Promise<Float32Array> {
  const file = await InputFile.open(path);
  try {
    const fields = { id: "id", vector: "vector", text: "text" };
    const reading = { fields, wanted: [], stringIds: false, limits: FILE_LIMITS };
    const queries = new Float32Array(countMax * dimension);
    let count = 0;
    for await (const { rows, where } of readRows(file, formatOf(path), reading)) {
      throwIfAborted(signal);
      for (const { vector } of rows) {
        if (!vector || count === countMax) continue;
        if (vector.length !== dimension) {
          badInput(where, `a vector has ${vector.length} numbers, expected ${dimension}`);
        }
        queries.set(vector, count++ * dimension);
      }
      if (count === countMax) break;
    }
    if (count === 0) badInput(path, "there is no vector in it");
    return queries.subarray(0, count * dimension);
  } finally {
    file.close();
  }
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
