import type { ErrorCode } from "../errors.js";
import type { WasmSource } from "../wasm_source.js";
import type { EngineOptions, OpenOptions } from "../options.js";

/** What a tab's worker must know to open the database. */
export interface OpenRequest {
  /** Fit for a file name. */
  name: string;
  storage: NonNullable<OpenOptions["storage"]>;
  options: EngineOptions;
  wasm?: WasmSource;
}

/**
 * From a page to its worker. `settle` says where the database is, so that a takeover opens it there. `leave` may also
 * come on the port of `leading`, behind the requests before it.
 */
export type ToWorker =
  | { kind: "start"; request: OpenRequest }
  | { kind: "settle"; storage: OpenRequest["storage"] }
  | { kind: "join"; turn: number }
  | { kind: "leave" };

/** From a worker to its page. `turn` is that of the `join` it belongs to. */
export type FromWorker =
  /** This worker owns the database now; requests go through `port`. */
  | { kind: "leading"; turn: number; term: string; port: MessagePort }
  /** It was this worker's turn to own the database, and it could not be opened. */
  | { kind: "failed"; turn: number; code: ErrorCode; message: string }
  /**
   * The answer to `leave`: files and lock are given up, every request that came before it is answered. `failure`: closing
   * the database failed, so not everything may be durable.
   */
  | { kind: "left"; turn: number; failure?: Failure };

/** A `StrataError` as it crosses to another thread. */
interface Failure {
  code: ErrorCode;
  message: string;
}

/**
 * Between the tabs of one database, over the BroadcastChannel {@link commonChannel}. A term is one worker's ownership.
 *
 * Requests then pass over a BroadcastChannel of the client's own ({@link clientChannel}) and not over a MessagePort:
 * ports cannot be sent through a BroadcastChannel, only through a SharedWorker, which Chrome for Android does not have.
 */
export type TabMessage =
  | { kind: "who" }
  | { kind: "leader"; term: string }
  | { kind: "connect"; term: string; client: string; strict: boolean };

/** What the owner says first on a client's channel. */
export const WELCOME = { kind: "welcome" } as const;

export const commonChannel = (name: string): string => `stratadb/${name}`;
export const clientChannel = (name: string, term: string, client: string): string =>
  `stratadb/${name}/${term}/${client}`;

/** Whoever holds it owns the database. */
export const ownerLock = (name: string): string => `stratadb/${name}`;
/** Held by a client as long as it lives, so that the owner learns of its end. */
export const clientLock = (name: string, client: string): string => `stratadb/${name}/client/${client}`;

/** `data` as a {@link TabMessage}, or null: anything of the same origin may speak on a channel. */
export function parseTabMessage(data: unknown): TabMessage | null {
  if (typeof data !== "object" || data === null) return null;
  const { kind, term, client, strict } = data as Record<string, unknown>;
  if (kind === "who") return { kind };
  if (kind === "leader" && typeof term === "string") return { kind, term };
  const connects = kind === "connect" && typeof term === "string" && typeof client === "string";
  return connects && typeof strict === "boolean" ? { kind, term, client, strict } : null;
}

export const isWelcome = (data: unknown): boolean =>
  typeof data === "object" && data !== null && (data as { kind?: unknown }).kind === WELCOME.kind;
