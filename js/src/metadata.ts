import { StrataError } from "./errors.js";
import { isWellFormed } from "./ids.js";
import { describe } from "./options.js";

/** A value that JSON has. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a record says about itself: any JSON object of at most 4 MiB, kept word for word. */
export type Metadata = { readonly [key: string]: JsonValue };

/**
 * `metadata` as JSON text. Like `JSON.stringify`, it leaves out keys whose value is undefined or a function; unlike it,
 * it refuses what would silently become something else: NaN, infinities, halves of surrogate pairs.
 */
export function metadataText(metadata: unknown, where: string): string {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `${where}: metadata must be an object, found ${describe(metadata)}`,
    );
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(metadata);
  } catch (error) {
    // Cyclic, a bigint, or nested more deeply than the stack is.
    const message = `${where}: metadata cannot be written as JSON: ${String(error)}`;
    throw new StrataError("INVALID_ARGUMENT", message, { cause: error });
  }
  if (text?.[0] !== "{") {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `${where}: metadata must become a JSON object, found ${describe(text)}`,
    );
  }
  // Walking every object would cost more than writing it; these words are in the text whenever there is something to
  // find, and seldom otherwise.
  if (text.includes("null") || text.includes("\\ud")) refuseChanged(metadata, where, "metadata");
  return text;
}

function refuseChanged(value: unknown, where: string, path: string): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new StrataError("INVALID_ARGUMENT", `${where}: ${path} is ${value}, which JSON does not have`);
  }
  if (typeof value === "string" && !isWellFormed(value)) {
    throw new StrataError("INVALID_ARGUMENT", `${where}: ${path} holds half of a surrogate pair`);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!isWellFormed(key)) {
      throw new StrataError("INVALID_ARGUMENT", `${where}: a key of ${path} holds half of a surrogate pair`);
    }
    refuseChanged(inner, where, `${path}.${key}`);
  }
}
