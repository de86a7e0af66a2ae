import { StrataError } from "../errors.js";
import { isWellFormed } from "../ids.js";
import { describe, type WorkOptions } from "../options.js";

/** Options of {@link Embedder.embed}. */
export interface EmbedOptions extends WorkOptions {
  /** What the inputs are, for models that treat questions and answers differently. Default `passage`. */
  kind?: "query" | "passage";
}

/**
 * Turns texts (or, where it says so, images) into vectors that are near each other when they are about the same.
 * Vectors of different embedders must never be compared: keep {@link id} with a collection.
 */
export interface Embedder<Input = string> {
  /** Names the model and everything else its vectors depend on. */
  readonly id: string;
  /** Numbers per vector. */
  readonly dimension: number;
  /** The vectors of `inputs`, row-major (inputs, dimension). */
  embed(inputs: readonly Input[], options?: EmbedOptions): Promise<Float32Array>;
}

/** What is put in front of texts, as some models were trained to expect, for example `{ query: "query: " }` (E5). */
export interface Prefixes {
  query?: string;
  passage?: string;
}

export const EMBED_OPTIONS = ["kind", "signal", "onProgress"] as const;

/** Throws `INVALID_ARGUMENT` unless all of `texts` are strings that have a UTF-8 form. */
export function checkTexts(texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) {
    throw new StrataError("INVALID_ARGUMENT", `texts must be an array of strings, found ${describe(texts)}`);
  }
  for (const [i, text] of texts.entries()) {
    if (typeof text !== "string") {
      throw new StrataError("INVALID_ARGUMENT", `text ${i} must be a string, found ${describe(text)}`);
    }
    if (!isWellFormed(text)) {
      throw new StrataError("INVALID_ARGUMENT", `text ${i} holds half of a surrogate pair`);
    }
  }
}

/** `texts` with the prefix of their kind. */
export function withPrefix(
  texts: readonly string[],
  prefixes: Prefixes,
  kind: EmbedOptions["kind"],
): readonly string[] {
  const prefix = prefixes[kind ?? "passage"] ?? "";
  return prefix === "" ? texts : texts.map((text) => prefix + text);
}
