import { StrataError } from "./errors.js";
import type { Filter } from "./filter.js";
import type { VectorInput } from "./vectors.js";
import { isWasmSource, type WasmSource } from "./wasm_source.js";

/** How far apart two vectors a and b are: smaller is nearer. See {@link Hit} for ranges and for `score`. */
export type Metric = "l2" | "cosine" | "dot";

/**
 * Hierarchical navigable small-world graph: fast, approximate. About 8 m + 4 bytes of links per row. Malkov & Yashunin,
 * TPAMI 42(4), 2020.
 */
export interface HnswOptions {
  type: "hnsw";
  /** Links per row above layer 0; twice that on layer 0. 2..128, default 16. */
  m?: number;
  /** Candidates weighed when a row is linked. m..4096, default 200. */
  efConstruction?: number;
}

/** Scan of all rows: of their codes under `pq` and `rabitq`, else of the vectors and exact. */
export interface FlatOptions {
  type: "flat";
}

/**
 * What the choices that are left to the engine are made for: how many cells or buckets a search looks into, and of LSH
 * how many tables and hash functions there are.
 */
interface RecallTarget {
  /** Share of the ten nearest rows that a search finds, measured on the rows themselves. 0.5..0.999, default 0.95. */
  recallTarget?: number;
}

/**
 * k-d tree over the directions of largest variance, its cells visited in the order of their distance. In up to 32
 * dimensions it holds the vectors instead of codes, and answers are exact. Bentley, CACM 18(9), 1975; Arya et al., JACM
 * 45(6), 1998.
 */
export interface KdTreeOptions extends RecallTarget {
  type: "kd-tree";
  /** Rows of a cell. 1..65536; chosen by default. */
  leafRows?: number;
}

/**
 * Locality-sensitive hashing, several buckets of each table probed: random hyperplanes for `cosine` (Charikar, STOC 2002),
 * p-stable projections for `l2` (Datar et al., SoCG 2004), Lv et al.'s probing (VLDB 2007).
 */
export interface LshOptions extends RecallTarget {
  type: "lsh";
  /** Each takes about 4 bytes per row. 1..64; chosen by default. */
  tables?: number;
  /** Hash functions of a table. 1..32; chosen by default. */
  hashes?: number;
}

/** A k-d tree whose cells hash their rows into LSH buckets, the best of which are read. */
export interface KdLshOptions extends RecallTarget {
  type: "kd-lsh";
  /** Rows of a cell. 1..65536; chosen by default. */
  leafRows?: number;
  /** Hash functions. 1..32; chosen by default. */
  hashes?: number;
}

export type IndexOptions = HnswOptions | FlatOptions | KdTreeOptions | LshOptions | KdLshOptions;

/**
 * Product quantization: a vector is cut into slices, each coded by its nearest of 16 or 256 centroids. Jegou et al., TPAMI
 * 33(1), 2011; rotated: Ge et al., TPAMI 36(4), 2014.
 */
export interface PqOptions {
  type: "pq";
  /** 1..512; chosen by default. A row takes `slices * bits / 8` bytes. */
  slices?: number;
  /** Of the code of a slice. Default 4, which are scanned fastest. */
  bits?: 4 | 8;
  /** Rotate vectors first so that slices carry alike. Up to 2048 dimensions, takes longer to build. Default false. */
  rotate?: boolean;
}

/** Codes of randomly rotated vectors with a bound of their error. Gao & Long, SIGMOD 2024; more bits: Gao et al., 2025. */
export interface RabitqOptions {
  type: "rabitq";
  /** Of a dimension. 1..8, default 2. */
  bits?: number;
}

export type QuantizationOptions = PqOptions | RabitqOptions;

/** Fixed when the collection is made; opening it with others is `FAILED_PRECONDITION`. */
export interface CollectionConfig {
  /** Numbers per vector, 1..65536; 0 or absent: records without vectors only. */
  dimension?: number;
  /** Default `cosine`. */
  metric?: Metric;
  /** Default `hnsw`. */
  index?: IndexOptions | IndexOptions["type"];
  /**
   * Codes that the search walks on; answers are always rescored with the full vectors. Default `sq8`: one byte a
   * dimension.
   */
  quantization?: "none" | "sq8" | QuantizationOptions | QuantizationOptions["type"];
  /** Metadata keys (dotted paths) to index; default all. Filters on other keys still work, by reading records. */
  indexed?: readonly string[];
  /** Index the words of texts (default false). Search by text works without, by reading all texts. */
  textIndex?: boolean;
}

type Filled<T, K extends keyof T> = T & Required<Pick<T, K>>;

/** A {@link CollectionConfig} with every default filled in, but for what the engine chooses from the data. */
export interface CollectionOptions {
  dimension: number;
  metric: Metric;
  index:
    | Required<HnswOptions>
    | FlatOptions
    | Filled<KdTreeOptions, "recallTarget">
    | Filled<LshOptions, "recallTarget">
    | Filled<KdLshOptions, "recallTarget">;
  quantization: "none" | "sq8" | Filled<PqOptions, "bits" | "rotate"> | Required<RabitqOptions>;
  /** Absent: all. */
  indexed?: readonly string[];
  /** Absent: no. */
  textIndex?: true;
}

/** Options of `open()`. */
export interface OpenOptions {
  /**
   * `auto` is a directory in Node, and in a browser OPFS, or IndexedDB where OPFS is missing. A place that is asked
   * for by name and not there is `UNSUPPORTED`, never silently replaced.
   */
  storage?: "auto" | "file" | "opfs" | "indexeddb" | "memory";
  /**
   * When a write's promise resolves: `relaxed` (default), when it survives the death of the tab or process; `strict`,
   * when it survives power loss. `db.flush()` makes everything written so far strict.
   */
  durability?: "relaxed" | "strict";
  /** Every write is `READ_ONLY`. In Node, several read-only databases may share a directory that nobody writes. */
  readOnly?: boolean;
  /** Make the database if it is not there (default), or fail with `NOT_FOUND`. */
  create?: boolean;
  /** Fail with `CORRUPTION` on damage that is more than a torn end of the log, instead of restoring what is good. */
  refuseDamaged?: boolean;
  /**
   * Bytes that codes, graphs, recent writes and cached blocks may take together, at least 16 MiB. Default 2 GiB, of
   * which in Node a small database does not use so much that all of its vectors stay cached.
   */
  memoryBudget?: number;
  /** Threads the engine may use, at least 1. This version always uses one. */
  threads?: number;
  /** Run the engine in a worker: the default and only way in browsers, a choice in Node (default false). */
  worker?: boolean;
  /** Gives up opening, for example while another process still holds the lock. */
  signal?: AbortSignal;
  /** The engine's .wasm: a URL, a path (Node), bytes or a compiled module. Default: the file beside the script. */
  wasm?: WasmSource;
}

/** What of each record an answer carries besides its id. */
export type Include = "metadata" | "text" | "vector";

/** How a search by vector and text makes one order of the candidates of both. */
export type FusionOptions = RrfOptions | WeightedOptions;

/**
 * Reciprocal rank fusion: the sum of 1 / (constant + rank) over both lists of candidates, ranks from 1. Goes by order
 * alone, so there is nothing to tune.
 */
export interface RrfOptions {
  method: "rrf";
  /** Greater than 0, default 60. The larger, the less first ranks count. */
  constant?: number;
  /** Candidates of each list, at least `k`; default 100. */
  depth?: number;
}

/**
 * vectorWeight * nearness + (1 - vectorWeight) * text score, each brought to [0, 1] by the least and the greatest among
 * its candidates; 0 for a list that a record is not in.
 */
export interface WeightedOptions {
  method: "weighted";
  /** From 0 to 1, default 0.5. */
  vectorWeight?: number;
  /** Candidates of each list, at least `k`; default 100. */
  depth?: number;
}

/** What to search for: a vector, words, or both. */
export interface SearchQuery {
  /** `dimension` finite numbers; under cosine not all zero. */
  vector?: VectorInput;
  /** Words to find in texts: BM25 with English stop words and folding. */
  text?: string;
  /** With a vector and a text: how to join them, default `"rrf"`. */
  fusion?: FusionOptions | FusionOptions["method"];
}

/** Options of `search`. */
export interface SearchOptions {
  /** Hits wanted, 1..2^31-1, default 10. `min(k, matching records)` are returned, always. */
  k?: number;
  /** Only records that match. */
  filter?: Filter | string;
  /** Candidates the walk keeps, 1..2^31-1; default 64. Larger finds more of the true neighbours and takes longer. */
  efSearch?: number;
  /**
   * kd-tree, lsh, kd-lsh: cells or buckets to look into, 1..2^31-1; by default so many as reached `recallTarget` when the
   * index was built.
   */
  probes?: number;
  /** Only hits at most this far away, in the metric's own distance. */
  radius?: number;
  /** Compare with every record instead of walking the index. */
  exact?: boolean;
  /** Candidates recomputed with full vectors; by default chosen from `k` and `efSearch`. */
  rescore?: number;
  /** Default `["metadata"]`. */
  include?: readonly Include[];
  /** Rejects with `ABORTED` if it has fired before the search begins. */
  signal?: AbortSignal;
}

/** Options of `getMany`. */
export interface GetOptions {
  /** Default `["metadata", "text", "vector"]`. */
  include?: readonly Include[];
}

/** Options of `scan`: where to walk, in id order (integers by value, then strings by their UTF-8 bytes). */
export interface ScanOptions {
  /** Only string ids that begin with it. */
  prefix?: string;
  /** First id, inclusive. */
  from?: string | number;
  /** Last id, exclusive. */
  to?: string | number;
  filter?: Filter | string;
  /** At most so many records. */
  limit?: number;
  /** Default `["metadata", "text", "vector"]`. */
  include?: readonly Include[];
  /** Ends the walk with `ABORTED`. */
  signal?: AbortSignal;
}

/** Options of long work. */
export interface WorkOptions {
  /** Called now and then with the part done, in [0, 1]. Throwing from it ends the work with `ABORTED`. */
  onProgress?: (done: number) => void;
  /** Ends the work between its steps with `ABORTED`; what was begun is either done whole or not at all. */
  signal?: AbortSignal;
}

/** Options of a write. With either, large batches are read in pieces: leave the arrays alone until the promise settles. */
export type WriteOptions = WorkOptions;

export const DIMENSION_MAX = 65536;
const MEMORY_BUDGET_MIN = 16 * 2 ** 20;
/** The engine uses 2 GiB, and no larger a block cache than the data is worth (core/include/strata/options.h). */
export const MEMORY_BUDGET_BY_DATA = 0;
export const INT32_MAX = 2 ** 31 - 1;

export const invalid = (message: string): StrataError => new StrataError("INVALID_ARGUMENT", message);

/** What `value` is, for messages: short, whatever it holds. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** `value` if it is an integer in [min, max]; `fallback` if it is undefined. */
export function integerOption(
  name: string,
  value: unknown,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(`${name} must be an integer from ${min} to ${max}, found ${describe(value)}`);
}

export function choiceOption<T extends string>(
  name: string,
  value: unknown,
  fallback: T,
  choices: readonly T[],
): T {
  if (value === undefined) return fallback;
  if (choices.includes(value as T)) return value as T;
  throw invalid(
    `${name} must be one of ${choices.map((c) => `'${c}'`).join(", ")}, found ${describe(value)}`,
  );
}

export function numberOption(
  name: string,
  value: unknown,
  fallback: number,
  expected: string,
  fits: (value: number) => boolean,
): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && fits(value)) return value;
  throw invalid(`${name} must be a number ${expected}, found ${describe(value)}`);
}

export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === "boolean") return value;
  throw invalid(`${name} must be true or false, found ${describe(value)}`);
}

/** `options` if it is a plain object of options; an empty one if undefined. Unknown names are mistakes, so refused. */
export function optionsObject<T extends object>(
  name: string,
  options: T | undefined,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined) return {} as T;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalid(`${name} must be an object, found ${describe(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!(known as readonly string[]).includes(key)) {
      throw invalid(`${name} has no option ${describe(key)}; it has ${known.join(", ")}`);
    }
  }
  return options;
}

/** What the engine needs of {@link OpenOptions}; plain data, so it can be sent to a worker. */
export interface EngineOptions {
  strict: boolean;
  readOnly: boolean;
  create: boolean;
  refuseDamaged: boolean;
  memoryBudget: number;
}

const OPEN_OPTIONS = [
  "storage",
  "durability",
  "readOnly",
  "create",
  "refuseDamaged",
  "memoryBudget",
  "threads",
  "worker",
  "signal",
  "wasm",
] as const;

/** Checks all of `options`; `INVALID_ARGUMENT` names the first that is wrong. */
export function engineOptions(options: OpenOptions | undefined, memoryBudgetDefault: number): EngineOptions {
  const given = optionsObject("open()", options, OPEN_OPTIONS);
  choiceOption("storage", given.storage, "auto", ["auto", "file", "opfs", "indexeddb", "memory"]);
  integerOption("threads", given.threads, 1, 1, 1024);
  booleanOption("worker", given.worker, false);
  if (given.wasm !== undefined && !isWasmSource(given.wasm)) {
    throw invalid(`wasm must be a URL, a path, bytes or a WebAssembly.Module, found ${describe(given.wasm)}`);
  }
  const readOnly = booleanOption("readOnly", given.readOnly, false);
  return {
    strict: choiceOption("durability", given.durability, "relaxed", ["relaxed", "strict"]) === "strict",
    readOnly,
    create: booleanOption("create", given.create, true) && !readOnly,
    refuseDamaged: booleanOption("refuseDamaged", given.refuseDamaged, false),
    memoryBudget: integerOption(
      "memoryBudget",
      given.memoryBudget,
      memoryBudgetDefault,
      MEMORY_BUDGET_MIN,
      2 ** 32 - 1,
    ),
  };
}

/** Fills in the defaults of `fusion`: the method's number, its constant or weight, and the depth. */
export function fusionOptions(fusion: SearchQuery["fusion"]): [number, number, number] {
  const given = (typeof fusion === "string" ? { method: fusion } : (fusion ?? {})) as Record<string, unknown>;
  const weighted = choiceOption("fusion.method", given["method"], "rrf", ["rrf", "weighted"]) === "weighted";
  const name = weighted ? "vectorWeight" : "constant";
  optionsObject("fusion", given, ["method", name, "depth"]);
  const number = given[name];
  return [
    +weighted,
    weighted
      ? numberOption("fusion.vectorWeight", number, 0.5, "from 0 to 1", (n) => n >= 0 && n <= 1)
      : numberOption("fusion.constant", number, 60, "above 0", (n) => n > 0 && n < Infinity),
    integerOption("fusion.depth", given["depth"], 0, 1, INT32_MAX),
  ];
}
