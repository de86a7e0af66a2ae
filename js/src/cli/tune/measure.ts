import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Collection } from "../../collection.js";
import { throwIfAborted } from "../../errors.js";
import { open } from "../../node/index.js";
import type { Metric, SearchOptions } from "../../options.js";
import type { Candidate } from "./candidates.js";
import type { Sample } from "./sample.js";

const BATCH_ROWS = 1000;
const WARM_UP_QUERIES = 20;
/** Passes over the queries that are timed where the target is reached. */
const TIMED_PASSES = 3;

/** A candidate searched in one way. */
export interface Measured {
  index: Candidate["index"];
  quantization: Candidate["quantization"];
  search: Pick<SearchOptions, "efSearch" | "probes">;
  recall: number;
  reached: boolean;
  medianMillis: number;
  p95Millis: number;
  /** Codes and links; for `none` also the vectors, all of which searches may read. */
  memoryBytes: number;
  diskBytes: number;
  buildSeconds: number;
}

export interface MeasureOptions {
  metric: Metric;
  k: number;
  recall: number;
  /** Folder for the scratch database; undefined: memory. */
  scratch: string | undefined;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

/** The distance of each query's k-th nearest row, exactly. */
export type Truth = Float32Array;

/**
 * Stores the sample as `candidate` says in a database that goes away again, and searches further and further until the
 * recall is reached. Answers with each way that was measured, and the truth, which the first candidate finds for all.
 */
export async function measure(
  candidate: Candidate,
  sample: Sample,
  known: Truth | undefined,
  options: MeasureOptions,
): Promise<{ measured: Measured[]; truth: Truth }> {
  const { scratch, signal, onProgress } = options;
  const folder = scratch === undefined ? undefined : mkdtempSync(join(scratch, "stratadb-tune-"));
  try {
    await using db = await open(folder ?? "tune", folder === undefined ? { storage: "memory" } : {});
    const { index, quantization } = candidate;
    const { dimension } = sample;
    const collection = await db.collection("c", {
      dimension,
      metric: options.metric,
      index,
      quantization,
      indexed: [],
    });
    // Before anything is stored: a program that looks inside starts the engine again.
    await collection.inspect().memory();
    await fill(collection, sample, signal);
    await db.flush();
    const began = performance.now();
    await db.compact({ signal, onProgress: (done) => onProgress(0.8 * done) });
    const buildSeconds = (performance.now() - began) / 1000;
    const truth = known ?? (await kthDistances(collection, sample, options.k));
    const stored = {
      buildSeconds,
      diskBytes: (await db.stats()).bytes,
      memoryBytes: await memoryOf(collection, sample),
    };

    await searchAll(collection, sample, { k: options.k }, WARM_UP_QUERIES, signal);
    const measured: Measured[] = [];
    for (const search of candidate.searches) {
      const given = { k: options.k, ...search };
      const first = await searchAll(collection, sample, given, sample.queryCount, signal);
      const recall = recallOf(first.distances, truth, options.k);
      const reached = recall >= options.recall;
      const millis = first.millis;
      for (let pass = 1; reached && pass < TIMED_PASSES; pass++) {
        millis.push(...(await searchAll(collection, sample, given, sample.queryCount, signal)).millis);
      }
      millis.sort((a, b) => a - b);
      const at = (share: number): number => millis[Math.floor(share * (millis.length - 1))]!;
      const times = { medianMillis: at(0.5), p95Millis: at(0.95) };
      measured.push({ index, quantization, search, recall, reached, ...times, ...stored });
      if (reached) break;
      onProgress(0.8 + (0.2 * measured.length) / candidate.searches.length);
    }
    return { measured, truth };
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(
  collection: Collection,
  { rows, rowCount, dimension }: Sample,
  signal: AbortSignal,
): Promise<void> {
  for (let first = 0; first < rowCount; first += BATCH_ROWS) {
    throwIfAborted(signal);
    const end = Math.min(rowCount, first + BATCH_ROWS);
    const ids = Array.from({ length: end - first }, (_, i) => first + i);
    await collection.insert({ ids, vectors: rows.subarray(first * dimension, end * dimension) });
  }
}

async function kthDistances(
  collection: Collection,
  { queries, queryCount }: Sample,
  k: number,
): Promise<Truth> {
  const found = await collection.searchMany(queries, { k, exact: true });
  return Float32Array.from(
    { length: queryCount },
    (_, query) => found.distances[query * found.k + found.k - 1]!,
  );
}

async function memoryOf(collection: Collection, { rows }: Sample): Promise<number> {
  const { quantization } = collection.options;
  const parts = await collection.inspect().memory();
  const index = parts.find(({ name }) => name === "vector indexes")?.bytes ?? 0;
  return index + (quantization === "none" ? rows.byteLength : 0);
}

/** Searches the first `count` queries one after the other, as a program would that awaits each. */
async function searchAll(
  collection: Collection,
  { queries, dimension, queryCount }: Sample,
  options: SearchOptions,
  count: number,
  signal: AbortSignal,
): Promise<{ millis: number[]; distances: number[][] }> {
  const millis: number[] = [];
  const distances: number[][] = [];
  for (let i = 0; i < Math.min(count, queryCount); i++) {
    throwIfAborted(signal);
    const query = queries.subarray(i * dimension, (i + 1) * dimension);
    const began = performance.now();
    const hits = await collection.search(query, { ...options, include: [] });
    millis.push(performance.now() - began);
    distances.push(hits.map(({ distance }) => distance));
  }
  return { millis, distances };
}

/** The share of hits that are no farther than the k-th nearest row: rows at equal distances are equally right. */
function recallOf(found: readonly (readonly number[])[], truth: Truth, k: number): number {
  let right = 0;
  for (const [query, distances] of found.entries()) {
    const bound = truth[query]! + 1e-5 * Math.abs(truth[query]!) + 1e-7;
    right += distances.filter((distance) => distance <= bound).length;
  }
  return right / (found.length * k);
}
