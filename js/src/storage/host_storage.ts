import { StrataError } from "../errors.js";

/** Where a database lives and what its storage can promise. Shown to users as `db.storage`. */
export interface StorageDescription {
  readonly kind: "file" | "opfs" | "indexeddb" | "memory";
  /** Whether a synced byte survives power loss. False for memory, and where the place cannot promise it. */
  readonly durable: boolean;
  /** The directory, OPFS path or IndexedDB name; empty for memory. */
  readonly location: string;
  /** One sentence for people when something is less than was asked for, such as a fallback to memory. */
  readonly note?: string;
  /** In browsers, after the first write: whether the browser has promised not to evict the site's data. */
  readonly persisted?: boolean;
}

/**
 * The numbered files that the engine's `Env` writes to, on the JavaScript side (core/include/strata/env.h has the
 * contract in full). Synchronous, because WebAssembly cannot wait; everything that must wait happens when a storage
 * is opened, in {@link settled}, in {@link durable} and in {@link close}.
 *
 * File numbers are safe integers >= 0. Every method but the three asynchronous ones throws a `StrataError` whose code
 * is the one named here; anything else it throws counts as `IO_ERROR`.
 *
 * What survives power loss: bytes written before a `sync()` of their file, once `durable()` has resolved, in a file
 * whose name was made durable by `syncNames()`. What survives the death of the tab or process alone: every
 * `writeAt()` that returned, once `settled()` has resolved.
 *
 * All implementations pass tests/js/support/storage_contract.mjs.
 */
export interface HostStorage {
  readonly description: StorageDescription;

  /** The numbers of all files, ascending. */
  list(): number[];

  /** Makes an empty file. `ALREADY_EXISTS`; `NO_SPACE`; `IO_ERROR`. */
  create(file: number): void;

  /** Size in bytes. `NOT_FOUND`. */
  size(file: number): number;

  /** Fills all of `into` from `offset`. `NOT_FOUND`; `CORRUPTION` if the file ends before that; `IO_ERROR`. */
  readAt(file: number, offset: number, into: Uint8Array): void;

  /**
   * Writes all of `bytes` at `offset`, which is at most the file's size. A short write is an error, never a smaller
   * success; after an error the file holds any prefix of `bytes`. `bytes` is a view of WebAssembly memory: copy it to
   * keep it. `NOT_FOUND`; `INVALID_ARGUMENT` if offset > size; `NO_SPACE`; `IO_ERROR`.
   */
  writeAt(file: number, offset: number, bytes: Uint8Array): void;

  /** Cuts the file to `size` bytes, at most its size. `NOT_FOUND`; `INVALID_ARGUMENT`; `IO_ERROR`. */
  truncate(file: number, size: number): void;

  /** Makes the file's bytes durable, at once or in order before the next `durable()` resolves. `NOT_FOUND`; `IO_ERROR`. */
  sync(file: number): void;

  /** The same for all `create()` and `remove()` calls so far. */
  syncNames(): void;

  /** Removes the file. `NOT_FOUND`. */
  remove(file: number): void;

  /** Resolves when every `writeAt()` so far survives the death of the tab or process. At once where it already does. */
  settled(): Promise<void>;

  /**
   * Resolves when everything synced so far survives power loss. Rejects with a `StrataError` if that has failed, and
   * then for ever: what reached the storage is unknown, so the engine stops writing.
   */
  durable(): Promise<void>;

  /** Waits for what is under way, then gives up all files and the lock. Later calls throw `CLOSED`. */
  close(): Promise<void>;
}

/** Throws `CORRUPTION` unless a file of `size` bytes has `bytes` of them from `offset`. */
export function checkRead(file: number, size: number, offset: number, bytes: number): void {
  if (offset + bytes > size) {
    const message = `file ${file}: ${bytes} bytes wanted at ${offset}, but it ends after ${size}`;
    throw new StrataError("CORRUPTION", message);
  }
}

/** Throws `INVALID_ARGUMENT` if a write at `offset` would leave a hole in a file of `size` bytes. */
export function checkWrite(file: number, size: number, offset: number): void {
  if (offset > size) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `file ${file}: write at ${offset} is behind its end at ${size}`,
    );
  }
}

/** Throws `INVALID_ARGUMENT` if cutting a file of `size` bytes to `wanted` would make it longer. */
export function checkTruncate(file: number, size: number, wanted: number): void {
  if (wanted > size) {
    throw new StrataError("INVALID_ARGUMENT", `file ${file}: cannot cut ${size} bytes to ${wanted}`);
  }
}
