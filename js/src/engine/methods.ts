import type { PackedOptions } from "../pack_options.js";
import type { RecoveryReport } from "../reports.js";
import type { StorageDescription } from "../storage/host_storage.js";

/**
 * The bytes of an answer, in the one form that all of the engine's answers have (js/src/wire/reply.ts decodes it). It
 * owns its whole buffer, so it can be transferred.
 */
export type ReplyBytes = Uint8Array<ArrayBuffer>;

/** Names one write of one client, so that sending it again after a lost reply applies it once. */
export interface WriteToken {
  /** Random and not 0; one per client, kept for its life. */
  client: bigint;
  /** Grows with each write of the client. */
  request: number;
}

/** A batch as js/src/wire/batch.ts packs it. */
export interface WriteArgs {
  collection: string;
  /** Kinds, ids, metadata and texts. */
  head: Uint8Array<ArrayBuffer>;
  /** The vectors of those records that have one, one after the other. */
  vectors?: Float32Array;
  token?: WriteToken;
}

/** How many records a write stored or removed; `sequence` is 0 when nothing had to be written. */
export interface WriteResult {
  sequence: number;
  changed: number;
  /** The token had been applied before; nothing was done now. */
  repeated: boolean;
}

/** `include` as bits: what of each record an answer carries. */
export const INCLUDE_METADATA = 1;
export const INCLUDE_TEXT = 2;
export const INCLUDE_VECTOR = 4;

/** Options of a search with every default filled in. */
export interface SearchArgs {
  /** In the order of Session::Search, from k on. */
  numbers: readonly number[];
  /** JSON or text form; empty: none. */
  filter: string;
  /** Absent: a search by vector alone. With a query of no numbers: by text alone. */
  text?: string | undefined;
}

/** What a scan walks over. `from` and `to` are ids packed by js/src/wire/batch.ts, or absent. */
export interface ScanArgs {
  prefix?: string;
  from?: Uint8Array<ArrayBuffer>;
  to?: Uint8Array<ArrayBuffer>;
  filter: string;
  /** Infinity: no limit. */
  limit: number;
  include: number;
}

/** A read of a collection names the read view it sees; absent or 0: the state now. */
interface Read {
  collection: string;
  view?: number;
}

/** Every request an engine answers. Handles (`view`, `cursor`) belong to the engine that made them. */
export interface EngineMethods {
  /** Opens or makes the collection; without options it must exist. Answers with the options it was made with. */
  openCollection: { args: { name: string; options?: PackedOptions }; result: PackedOptions };
  collections: { args: Record<string, never>; result: string[] };
  drop: { args: { name: string }; result: null };

  write: { args: WriteArgs; result: WriteResult };
  deleteWhere: { args: { collection: string; filter: string; token?: WriteToken }; result: WriteResult };

  /** `ids` is packed by js/src/wire/batch.ts. The answer holds one record or null for each. */
  get: { args: Read & { ids: Uint8Array<ArrayBuffer>; include: number }; result: ReplyBytes };
  has: { args: Read & { ids: Uint8Array<ArrayBuffer> }; result: boolean };
  count: { args: Read & { filter: string }; result: number };
  /** Answers with the first page. `cursor` is 0 when there is no more. */
  scan: { args: Read & { scan: ScanArgs; page: number }; result: { cursor: number; page: ReplyBytes } };
  scanNext: { args: { cursor: number; page: number }; result: { cursor: number; page: ReplyBytes } };
  scanClose: { args: { cursor: number }; result: null };

  search: { args: Read & { query: Float32Array; search: SearchArgs }; result: ReplyBytes };
  explain: { args: Read & { query: Float32Array; search: SearchArgs }; result: ReplyBytes };
  searchMany: { args: Read & { queries: Float32Array; search: SearchArgs }; result: ReplyBytes };

  view: { args: { collection: string }; result: { view: number; sequence: number } };
  viewClose: { args: { view: number }; result: null };

  inspect: {
    /** `what` is one of InspectWhat in bindings/wasm/session_search.cc; the others mean what js/src/inspect.ts says. */
    args: { collection: string; what: number; argument?: number; layer?: number; query?: Float32Array };
    result: ReplyBytes;
  };

  flush: { args: Record<string, never>; result: null };
  compact: { args: Record<string, never>; result: null };
  verify: { args: Record<string, never>; result: ReplyBytes };
  stats: { args: Record<string, never>; result: ReplyBytes };
  /** What opening found. */
  opened: { args: Record<string, never>; result: Opened };
  close: { args: Record<string, never>; result: null };
}

/** What a client learns about the database it is connected to. */
export interface Opened {
  recovery: RecoveryReport;
  storage: StorageDescription;
}

export type MethodName = keyof EngineMethods;

/** The methods that change records: a client that may send a request twice adds a `token` to these. */
export const WRITE_METHODS: ReadonlySet<MethodName> = new Set(["write", "deleteWhere"]);
