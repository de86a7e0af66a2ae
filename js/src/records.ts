import type { RecordId } from "./ids.js";
import type { JsonValue, Metadata } from "./metadata.js";
import type { VectorInput } from "./vectors.js";

/** A record to store. */
export interface RecordInput {
  id: RecordId;
  /** `dimension` finite numbers; under cosine not all zero. */
  vector?: VectorInput;
  /** Absent is the same as `{}`. */
  metadata?: object;
  text?: string;
}

/** Many records to store, column by column: the fastest form. All columns have one entry per id. */
export interface RecordColumns {
  ids: readonly RecordId[];
  /** Row-major, `ids.length * dimension` numbers. */
  vectors?: VectorInput;
  metadata?: readonly (object | undefined)[];
  texts?: readonly (string | undefined)[];
}

/** A change of one record; what is absent stays. */
export interface RecordPatch {
  vector?: VectorInput;
  /** Merged into the stored metadata by JSON Merge Patch (RFC 7396): null removes a key, objects merge, the rest replaces. */
  metadata?: { readonly [key: string]: JsonValue };
  text?: string;
}

/** A record as it is read back. Fields that were not asked for, and vectors and texts that it does not have, are absent. */
export interface StoredRecord {
  id: RecordId;
  vector?: Float32Array;
  metadata?: Metadata;
  text?: string;
}

/** A record that a search found. */
export interface Hit extends StoredRecord {
  /**
   * The metric's own distance, smaller is nearer: `l2` the length of a - b, in [0, inf); `cosine` 1 - cos(a, b), in
   * [0, 2]; `dot` -a.b, in (-inf, inf). NaN if nothing was measured: the search had no vector, or the record has none.
   */
  distance: number;
  /**
   * Larger is more similar: `l2` 1 / (1 + distance), in (0, 1]; `cosine` cos(a, b), in [-1, 1]; `dot` a.b. Of a search
   * by text BM25, above 0; of one by both what `fusion` makes of them.
   */
  score: number;
}

/** What a batch search found, row-major (queries, k). Unused places hold null and NaN. */
export interface SearchManyResult {
  /** Width of a row: the most hits that a query has, at most the `k` that was asked for. */
  k: number;
  ids: (RecordId | null)[];
  distances: Float32Array;
  /** Hits of each query. */
  counts: Uint32Array;
}

/** How one segment (or the memtable, segment 0) was searched, and why. */
export interface SegmentPlan {
  segment: number;
  /** Live rows. */
  rows: number;
  /** Live rows that the filter lets through. */
  matchingRows: number;
  strategy: "scan" | "scan-matches" | "walk" | "walk-filtered" | "text-index" | "text-scan" | "none";
  /** One sentence with both numbers that decided. */
  reason: string;
}

/** What a search cost. */
export interface SearchCounters {
  /** Distances on codes, or on full vectors during a walk. */
  distancesApproximate: number;
  /** Distances with full vectors: scans and rescoring. */
  distancesExact: number;
  /** Graph nodes opened. */
  hops: number;
  /** Pairs of a word of the query and a record that has it. */
  postingsRead: number;
  /** Texts read for want of a text index. */
  textsRead: number;
  /** Blocks that had to be fetched from storage. */
  blocksRead: number;
  filterMicros: number;
  walkMicros: number;
  rescoreMicros: number;
  /** Everything by text. */
  textMicros: number;
  /** Reading ids and metadata of the hits. */
  fetchMicros: number;
}

/** The hits of a search, and how they were found. */
export interface Explanation {
  hits: Hit[];
  plans: SegmentPlan[];
  counters: SearchCounters;
}

/** What a write did. */
export interface WriteSummary {
  /** Records stored or removed. */
  changed: number;
  /** The batch's number; 0 when nothing had to be written. */
  sequence: number;
}
