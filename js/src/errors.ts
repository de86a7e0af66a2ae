import { StrataError } from "./strata_error.js";

export { StrataError };

/**
 * Every way a call can fail, by its number in core/include/strata/result.h. A test compares the names with the built
 * module, so the two cannot drift apart.
 */
export const ERROR_CODES = [
  "OK",
  /** The caller passed something no call could accept. */
  "INVALID_ARGUMENT",
  /** A record, collection or file is not there. */
  "NOT_FOUND",
  /** `insert` of an id that is live. */
  "ALREADY_EXISTS",
  /** The call is right, the state is not: for example the collection exists with other options. */
  "FAILED_PRECONDITION",
  /** Bytes read back are not bytes we wrote. */
  "CORRUPTION",
  /** Written by a newer version. */
  "UNSUPPORTED_FORMAT",
  /** Another process or tab holds the database. */
  "UNAVAILABLE",
  /** The operating system or browser refused a read or write. */
  "IO_ERROR",
  /** Disk full or quota exceeded; reads and deletes still work. */
  "NO_SPACE",
  /**
   * Memory could not grow, or the memory budget is used up; the write was not applied. When it ran out in the middle of
   * a call, snapshots and scans end with `CLOSED`.
   */
  "OUT_OF_MEMORY",
  /** Opened read-only, or a failed sync ended writing until reopened. */
  "READ_ONLY",
  /** The database, collection or snapshot was closed. */
  "CLOSED",
  /** The caller's AbortSignal fired. */
  "ABORTED",
  /** A newer owner opened the database; this one may not write any more. */
  "FENCED",
  /** This build or place cannot do it (no OPFS, no WebAssembly SIMD, no vectors in this collection). */
  "UNSUPPORTED",
  /** A bug of ours. */
  "INTERNAL",
] as const;

/** The `code` of a {@link StrataError}. */
export type ErrorCode = Exclude<(typeof ERROR_CODES)[number], "OK">;

/** The number under which `code` crosses the WebAssembly boundary. */
export function errorNumber(code: ErrorCode): number {
  return ERROR_CODES.indexOf(code);
}

/** The name of a number that came from WebAssembly; `INTERNAL` for one we do not know. */
export function errorName(number: number): ErrorCode {
  const name = ERROR_CODES[number];
  return name === undefined || name === "OK" ? "INTERNAL" : name;
}

/** `error` as a {@link StrataError}: itself if it is one, else wrapped as `INTERNAL` with the original as `cause`. */
export function toStrataError(error: unknown): StrataError {
  if (error instanceof StrataError) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StrataError("INTERNAL", message, { cause: error });
}

/** What a call is rejected with whose `signal` has fired. */
export function abortError(signal: AbortSignal): StrataError {
  return new StrataError("ABORTED", "the operation was aborted by its AbortSignal", { cause: signal.reason });
}

/** Throws `ABORTED` if `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}
