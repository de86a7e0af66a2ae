import { StrataError } from "./errors.js";
import { describe } from "./options.js";

/**
 * A record's name: a string of 1 to 4096 bytes of UTF-8, or a safe integer. Kept as it came: `1` and `"1"` are two ids.
 * Integers order before strings, integers by value, strings by their UTF-8 bytes.
 */
export type RecordId = string | number;

export const ID_BYTES_MAX = 4096;

/** Half of a surrogate pair alone: such a string has no UTF-8 form. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/** Whether `text` has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * Throws `INVALID_ARGUMENT` unless `id` can be an id. `where` says which one, as in `"record 3"`.
 */
export function checkId(id: unknown, where: string): asserts id is RecordId {
  if (typeof id === "number") {
    if (Number.isSafeInteger(id)) return;
    throw new StrataError(
      "INVALID_ARGUMENT",
      `${where}: id ${id} is not a safe integer (beyond 2^53 - 1, or a fraction)`,
    );
  }
  if (typeof id !== "string") {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `${where}: id must be a string or a safe integer, found ${describe(id)}`,
    );
  }
  if (id === "") throw new StrataError("INVALID_ARGUMENT", `${where}: id is the empty string`);
  if (!isWellFormed(id)) {
    throw new StrataError("INVALID_ARGUMENT", `${where}: id ${describe(id)} holds half of a surrogate pair`);
  }
  // A UTF-16 unit takes at most three bytes, so short strings need no counting.
  if (3 * id.length > ID_BYTES_MAX) {
    const bytes = new TextEncoder().encode(id).length;
    if (bytes > ID_BYTES_MAX) {
      const message = `${where}: id has ${bytes} bytes of UTF-8, at most ${ID_BYTES_MAX} are allowed`;
      throw new StrataError("INVALID_ARGUMENT", message);
    }
  }
}
