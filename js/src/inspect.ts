import type { EngineClient } from "./engine/client.js";
import type { InspectWhat } from "./engine/methods.js";
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
  /** `hnsw`, `flat`, `building`, `none` or `damaged`. */
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
  layer: Uint32Array;
  /** Row that was open. */
  from: Uint32Array;
  /** Row whose distance was computed. */
  to: Uint32Array;
  distance: Float32Array;
  /** The distance it had to beat. */
  bound: Float32Array;
}

/** How a segment's vectors are coded. */
export interface Codebook {
  /** `sq8`. */
  type: string;
  dimension: number;
  /** Value of code 0, per dimension. */
  minimum: Float32Array;
  /** Value of one code step, per dimension. */
  step: Float32Array;
}

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
    return (await this.#ask("segments")).json as SegmentInfo[];
  }

  async memtable(): Promise<MemtableTree> {
    const { json, blocks } = await this.#ask("memtable");
    const [left, right, height, balance] = blocks as Int32Array[];
    return { ids: json as RecordId[], left: left!, right: right!, height: height!, balance: balance! };
  }

  async lsm(): Promise<LsmInfo> {
    return (await this.#ask("lsm")).json as LsmInfo;
  }

  /** Layer `layer` (0 is the one with all rows) of segment `segment`'s graph. `FAILED_PRECONDITION` without an index. */
  async graph(segment: number, layer = 0): Promise<GraphLayer> {
    const { blocks } = await this.#ask("graph", { argument: segment, layer });
    const [rows, offsets, links] = blocks as Uint32Array[];
    return { rows: rows!, offsets: offsets!, links: links! };
  }

  /** Searches for `query` and tells every step. */
  async trace(query: VectorInput, options: { k?: number; efSearch?: number } = {}): Promise<Trace> {
    const k = integerOption("k", options.k, 10, 1, 2 ** 20);
    const efSearch = integerOption("efSearch", options.efSearch, 0, 1, 2 ** 20);
    const vector = asFloat32(query, this.#dimension, "query");
    const { blocks } = await this.#ask("trace", { argument: k, layer: efSearch, query: vector });
    const [kind, layer, from, to] = blocks.slice(0, 4) as Uint32Array[];
    const [distance, bound] = blocks.slice(4, 6) as Float32Array[];
    const segment = blocks[6] as Float64Array;
    return { kind: kind!, segment, layer: layer!, from: from!, to: to!, distance: distance!, bound: bound! };
  }

  /** How segment `segment`'s vectors are coded. `FAILED_PRECONDITION` without an index, or codes. */
  async codebooks(segment: number): Promise<Codebook> {
    const { json, blocks } = await this.#ask("codebooks", { argument: segment });
    const [minimum, step] = blocks as Float32Array[];
    return { ...(json as { type: string; dimension: number }), minimum: minimum!, step: step! };
  }

  /** At most `pointsMax` records, drawn evenly, on the plane of largest variance (principal components). */
  async projection(
    method: "pca" = "pca",
    { pointsMax = 2000 }: { pointsMax?: number } = {},
  ): Promise<Projection> {
    void method; // The only one so far; named so that calls need not change when there are more.
    const { json, blocks } = await this.#ask("projection", {
      argument: integerOption("pointsMax", pointsMax, 2000, 1, 2 ** 20),
    });
    const [points, variance] = blocks as Float32Array[];
    return { ids: json as RecordId[], points: points!, variance: variance! };
  }

  /** The id of a segment's row. */
  async idOf(segment: number, row: number): Promise<RecordId> {
    return (await this.#ask("idOf", { argument: segment, layer: row })).json as RecordId;
  }

  async memory(): Promise<MemoryPart[]> {
    return (await this.#ask("memory")).json as MemoryPart[];
  }

  async #ask(
    what: InspectWhat,
    more: { argument?: number; layer?: number; query?: Float32Array } = {},
  ): Promise<Reply> {
    return decodeReply(await this.#client.call("inspect", { collection: this.#collection, what, ...more }));
  }
}
