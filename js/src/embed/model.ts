import { StrataError } from "../errors.js";
import { describe } from "../options.js";
import type { Embedder, Prefixes } from "./embedder.js";

/** Options that the adapters of all foreign models have. */
export interface ModelOptions {
  /** The model's name: on the Hugging Face hub (or a path), or on the Ollama server, for example `nomic-embed-text`. */
  model: string;
  /** Inputs that are embedded together. Default 16; 32 for Ollama, where it is the texts of a request. */
  batchSize?: number;
  /** Numbers per vector, if you know it; checked against what the model answers. */
  dimension?: number;
}

/** Options of models that embed texts. */
export interface TextModelOptions extends ModelOptions {
  /** Put in front of texts, as the model's documentation says. */
  prefix?: Prefixes;
}

/** An {@link Embedder} whose model runs elsewhere, and says how many numbers it makes only when it is asked. */
export interface ModelEmbedder<Input = string> extends Embedder<Input> {
  /**
   * Numbers per vector. Known after {@link ready} (not of pictures) or the first {@link embed}, or from the options;
   * `FAILED_PRECONDITION` before.
   */
  readonly dimension: number;
  /** Loads the model, and for texts finds the dimension, so that the first `embed()` is not slower than the others. */
  ready(options?: { signal?: AbortSignal }): Promise<this>;
}

/** Throws `INVALID_ARGUMENT` unless `model` names a model. */
export function checkModel(model: unknown): asserts model is string {
  if (typeof model === "string" && model !== "") return;
  throw new StrataError("INVALID_ARGUMENT", `model must be the name of a model, found ${describe(model)}`);
}

/** The `id` of an embedder: its parts, and its prefixes if it has any. */
export function embedderId(parts: readonly string[], { query, passage }: Prefixes): string {
  return [...parts, ...(query || passage ? [JSON.stringify([query, passage])] : [])].join(":");
}
