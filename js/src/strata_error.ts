import type { ErrorCode } from "./errors.js";

/** Thrown by every public call. Branch on `code`; `message` is for people and may change. */
export class StrataError extends Error {
  override readonly name = "StrataError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
