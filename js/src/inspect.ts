import type { EngineClient } from "./engine/client.js";
import type { RecordId } from "./ids.js";
import { integerOption } from "./options.js";
import { asFloat32, type VectorInput } from "./vectors.js";
import { decodeReply, type Reply } from "./wire/reply.js";

/** An immutable file of rows with its index. */
export interface SegmentInfo {
  file: number;
  /** 0: not built (yet). */
  indexFile: number;
  rows: number;
  deadRows: number;
  bytes: number;
  /**
   * `hnsw`, `kd-tree`, `lsh`, `kd-lsh`, or `flat`: codes without more; `building`, `none` (rows are compared one by one)
   * or `damaged`.
   */
  index: string;
  /** HNSW: rows per layer, layer 0 first. */
  layerRows: number[];
}

/** The memtable's AVL tree, root first (pre-order). Children are positions in these arrays, -1 for none. */
export interface MemtableTree {
  ids: RecordId[];
  left: Int32Array;
  right: Int32Array;
  height: Int32Array;
  /** Height of the left subtree minus that of the right: -1, 0 or 1. */
  balance: Int32Array;
}

/** The log, and compaction plans due and done. */
export interface LsmInfo {
  logFile: number;
  logBytes: number;
  sequence: number;
  durableSequence: number;
  /** Sentences such as "merge segments 4, 7, 9". */
  pending: string[];
  /** The last 64 carried out. */
  done: string[];
}

/** One layer of a segment's graph: row `rows[i]` links to `links[offsets[i] .. offsets[i + 1])`. */
export interface GraphLayer {
  rows: Uint32Array;
  offsets: Uint32Array;
  links: Uint32Array;
}

/** What a step of a search did. */
export const TRACE_KINDS = ["enterLayer", "open", "keep", "prune", "rescore", "probe"] as const;

/** The steps of a search in order, one entry per step in each column. */
export interface Trace {
  /** Positions in {@link TRACE_KINDS}. */
  kind: Uint32Array;
  segment: Float64Array;
  /** Of the graph; LSH: the table; k-d tree: the cell, counted from the left. */
  layer: Uint32Array;
  /** Row that was open, or the row itself; `probe`: key of the bucket. */
  from: Uint32Array;
  /** Row whose distance was computed; `probe`: rows of the bucket or cell. */
  to: Uint32Array;
  /** `probe`: score of the bucket, or distance of the cell's box. */
  distance: Float32Array;
  /** What it had to beat; `probe`: where to stop. */
  bound: Float32Array;
}

/**
 * A segment's k-d tree, root first (pre-order). Node i sends rows whose coordinate on axis `axis[i]` is below `value[i]` to
 * the left; the rows below it are `rows[first[i] .. first[i] + count[i])`.
 *
 * Coordinate j of a row is `axes[j] . (place - mean)`: its place is its vector times a power of two (`l2`), at length one
 * (`cosine`), or with a component more that makes all places equally long (`dot`).
 */
export interface KdTreeNodes {
  /** Of places. */
  dimension: number;
  axisCount: number;
  mean: Float32Array;
  /** (axisCount, dimension), row-major, orthonormal. */
  axes: Float32Array;
  /** Children are positions in these arrays, -1 for none: the node is a cell. */
  left: Int32Array;
  right: Int32Array;
  axis: Uint32Array;
  value: Float32Array;
  first: Uint32Array;
  count: Uint32Array;
  rows: Uint32Array;
}

/**
 * A segment's hash tables. A vector's place on the ruler of function j, of table floor(j / hashes), is its product with
 * row j of `hyperplanes`, divided by `width`, plus `offsets[j]`. Its slot there is 1 or 0 (place at least 0 or less) for
 * `hyperplanes` and the place rounded down for `p-stable`; the slots of a table's functions make its bucket.
 *
 * Of a kd-lsh index the tables are its cells, from the left, and share one set of functions, which take coordinates of the
 * tree. Cells have centres and widths of their own, so there are no `offsets`, and `width` is 0.
 */
export interface LshTables {
  kind: "hyperplanes" | "p-stable";
  tables: number;
  hashes: number;
  /** Under `dot` one more than the collection's. */
  dimension: number;
  width: number;
  /** (tables * hashes, dimension), row-major. */
  hyperplanes: Float32Array;
  offsets: Float32Array;
  /** Table t has the buckets `tableBuckets[t] <= b < tableBuckets[t + 1]`. */
  tableBuckets: Uint32Array;
  keys: Uint32Array;
  /** Bucket b has `rows[bucketRows[b] .. bucketRows[b + 1])`. */
  bucketRows: Uint32Array;
  rows: Uint32Array;
}

/** How a segment's vectors are coded. */
export type Codebook =
  | {
      type: "sq8";
      dimension: number;
      /** Value of code 0, per dimension. */
      minimum: Float32Array;
      /** Value of one code step, per dimension. */
      step: Float32Array;
    }
  | {
      type: "pq";
      dimension: number;
      /** Slice j begins at component floor(dimension * j / sliceCount). */
      sliceCount: number;
      /** Of a slice. */
      centroidCount: number;
      /** Vectors are rotated before they are cut. */
      rotated: boolean;
      /** Slice by slice, `centroidCount` rows as wide as the slice. */
      centroids: Float32Array;
    }
  | {
      type: "rabitq";
      dimension: number;
      /** Of a component's code. */
      bits: number;
      /** What codes are relative to; under `cosine`, of vectors of length one. */
      centre: Float32Array;
    };

/** The names of a codebook's blocks. */
const CODEBOOK_COLUMNS: Readonly<Record<Codebook["type"], string>> = {
  sq8: "minimum step",
  pq: "centroids",
  rabitq: "centre",
};

/** Records drawn on a plane. */
export interface Projection {
  ids: RecordId[];
  /** (n, 2), row-major. */
  points: Float32Array;
  /** Share of the total variance along each axis. */
  variance: Float32Array;
}

/** Memory of one part of the engine, in bytes. */
export interface MemoryPart {
  name: string;
  bytes: number;
}

// InspectWhat of bindings/wasm/session_search.cc.
const enum What {
  segments = 0,
  memtable = 1,
  lsm = 2,
  graph = 3,
  trace = 4,
  codebooks = 5,
  projection = 6,
  idOf = 7,
  memory = 8,
  kdTree = 9,
  lsh = 10,
}

/** The object of a reply, if it has one, with its blocks under `names`. */
function named({ json, blocks }: Reply, names: string): object {
  const columns = Object.fromEntries(names.split(" ").map((name, i) => [name, blocks[i]]));
  return { ...(Array.isArray(json) ? {} : (json as object | null)), ...columns };
}

/**
 * A collection's structures as data, for drawing and for learning. What it shows is what the engine did; asking costs
 * nothing until it is asked.
 */
export class Inspection {
  readonly #client: EngineClient;
  readonly #collection: string;
  readonly #dimension: number;

  /** @internal Use `collection.inspect()`. */
  constructor(client: EngineClient, collection: string, dimension: number) {
    this.#client = client;
    this.#collection = collection;
    this.#dimension = dimension;
  }

  async segments(): Promise<SegmentInfo[]> {
    return (await this.#ask(What.segments)).json as SegmentInfo[];
  }

  async memtable(): Promise<MemtableTree> {
    const reply = await this.#ask(What.memtable);
    return { ids: reply.json as RecordId[], ...named(reply, "left right height balance") } as MemtableTree;
  }

  async lsm(): Promise<LsmInfo> {
    return (await this.#ask(What.lsm)).json as LsmInfo;
  }

  /** Layer `layer` (0 is the one with all rows) of segment `segment`'s graph. `FAILED_PRECONDITION` without an index. */
  async graph(segment: number, layer = 0): Promise<GraphLayer> {
    return named(
      await this.#ask(What.graph, { argument: segment, layer }),
      "rows offsets links",
    ) as GraphLayer;
  }

  /** Searches for `query` and tells every step. */
  async trace(query: VectorInput, options: { k?: number; efSearch?: number } = {}): Promise<Trace> {
    const k = integerOption("k", options.k, 10, 1, 2 ** 20);
    const efSearch = integerOption("efSearch", options.efSearch, 0, 1, 2 ** 20);
    const vector = asFloat32(query, this.#dimension, "query");
    const reply = await this.#ask(What.trace, { argument: k, layer: efSearch, query: vector });
    return named(reply, "kind layer from to distance bound segment") as Trace;
  }

  /** The k-d tree of segment `segment`. `FAILED_PRECONDITION` if it has none. */
  async kdTree(segment: number): Promise<KdTreeNodes> {
    const reply = await this.#ask(What.kdTree, { argument: segment });
    return named(reply, "mean axes left right axis value first count rows") as KdTreeNodes;
  }

  /** The hash tables of segment `segment`. `FAILED_PRECONDITION` if it has none. */
  async lsh(segment: number): Promise<LshTables> {
    const reply = await this.#ask(What.lsh, { argument: segment });
    const { width, ...tables } = named(
      reply,
      "width hyperplanes offsets tableBuckets keys bucketRows rows",
    ) as Omit<LshTables, "width"> & { width: Float32Array };
    return { width: width[0]!, ...tables };
  }

  /** How segment `segment`'s vectors are coded. `FAILED_PRECONDITION` without an index, or codes. */
  async codebooks(segment: number): Promise<Codebook> {
    const reply = await this.#ask(What.codebooks, { argument: segment });
    return named(reply, CODEBOOK_COLUMNS[(reply.json as Codebook).type]) as Codebook;
  }

  /** At most `pointsMax` records, drawn evenly, on the plane of largest variance (principal components). */
  async projection(
    method: "pca" = "pca",
    { pointsMax = 2000 }: { pointsMax?: number } = {},
  ): Promise<Projection> {
    void method; // The only one so far; named so that calls need not change when there are more.
    const reply = await this.#ask(What.projection, {
      argument: integerOption("pointsMax", pointsMax, 2000, 1, 2 ** 20),
    });
    return { ids: reply.json as RecordId[], ...named(reply, "points variance") } as Projection;
  }

  /** The id of a segment's row. */
  async idOf(segment: number, row: number): Promise<RecordId> {
    return (await this.#ask(What.idOf, { argument: segment, layer: row })).json as RecordId;
  }

  async memory(): Promise<MemoryPart[]> {
    return (await this.#ask(What.memory)).json as MemoryPart[];
  }

  async #ask(
    what: What,
    more: { argument?: number; layer?: number; query?: Float32Array } = {},
  ): Promise<Reply> {
    return decodeReply(await this.#client.call("inspect", { collection: this.#collection, what, ...more }));
  }
}
