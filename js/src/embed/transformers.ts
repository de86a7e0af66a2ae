import { StrataError, throwIfAborted } from "../errors.js";
import { choiceOption, describe, integerOption, optionsObject } from "../options.js";
import { Batches } from "./batches.js";
import { checkTexts, EMBED_OPTIONS, withPrefix, type EmbedOptions } from "./embedder.js";
import {
  checkModel,
  embedderId,
  type ModelEmbedder,
  type ModelOptions,
  type TextModelOptions,
} from "./model.js";

/** The part that is used of a transformers.js `Tensor`. */
interface Tensor {
  data: ArrayLike<number>;
  dims: readonly number[];
  /** Gives memory of a GPU back. */
  dispose?(): void;
}

/** A transformers.js pipeline for `feature-extraction` or `image-feature-extraction`. */
export type FeaturePipeline = (inputs: never, options?: never) => Promise<Tensor>;

/** The part that is used of the package `@huggingface/transformers`, version 3 or newer. */
interface Library {
  pipeline(task: string, model: string, options: object): Promise<unknown>;
}

/** What both tasks take. With a ready `pipeline`, `model` only names it in `id`. */
interface RunOptions {
  /** Whether vectors are scaled to unit length. Default true. */
  normalize?: boolean;
  /** How numbers are stored in the model that is loaded, for example `"fp32"`, `"fp16"`, `"q8"`, `"q4"`. */
  dtype?: string;
  /** Where it runs, for example `"cpu"`, `"wasm"`, `"webgpu"`. */
  device?: string;
  /** A pipeline that is ready, in place of one that is loaded. */
  pipeline?: FeaturePipeline;
  /** The package, where a bundler has to see its import: `await import("@huggingface/transformers")`. */
  library?: object;
}

/** Options of {@link transformersEmbedder} for texts. */
export interface TextTransformersOptions extends TextModelOptions, RunOptions {
  task?: "feature-extraction";
  /** How one vector is made of a text's token vectors; the model's documentation says which. Default `mean`. */
  pooling?: "mean" | "cls" | "last_token";
}

/** Options of {@link transformersEmbedder} for pictures. */
export interface ImageTransformersOptions extends ModelOptions, RunOptions {
  task: "image-feature-extraction";
  /** What is taken when the model makes one vector per patch: the first (`cls`, default) or the mean. */
  pooling?: "cls" | "mean";
}

/** A {@link ModelEmbedder} that runs a model with transformers.js. */
export type TransformersEmbedder<Input> = ModelEmbedder<Input>;

const PACKAGE = "@huggingface/transformers";
const OPTIONS = [
  "model", "task", "pooling", "prefix", "batchSize", "normalize", "dtype", "device", "dimension", "pipeline", "library",
] as const; // prettier-ignore

/**
 * Embeds texts or pictures with a model that transformers.js runs, in Node or in the browser. The package
 * `@huggingface/transformers` is yours to install. Nothing is loaded before the first `embed()` or `ready()`, which reject
 * with `UNSUPPORTED` if the package is not there, and `UNAVAILABLE` if it cannot load the model.
 *
 * Pictures are given as transformers.js takes them: URLs, paths, Blobs or its RawImage.
 *
 * @example
 * const embedder = transformersEmbedder({
 *   model: "intfloat/multilingual-e5-small",
 *   prefix: { query: "query: ", passage: "passage: " },
 * });
 */
export function transformersEmbedder(options: TextTransformersOptions): TransformersEmbedder<string>;
export function transformersEmbedder(options: ImageTransformersOptions): TransformersEmbedder<unknown>;
export function transformersEmbedder(
  options: TextTransformersOptions | ImageTransformersOptions,
): TransformersEmbedder<never> {
  return new Transformers(optionsObject("transformersEmbedder()", options as AnyOptions, OPTIONS));
}

type AnyOptions = Omit<TextTransformersOptions, "task"> & {
  task?: "feature-extraction" | "image-feature-extraction";
};
type AnyPipeline = (inputs: readonly unknown[], options?: object) => Promise<Tensor>;

class Transformers implements TransformersEmbedder<unknown> {
  readonly id: string;
  readonly #options: AnyOptions;
  readonly #task: "feature-extraction" | "image-feature-extraction";
  readonly #pooling: "mean" | "cls" | "last_token";
  readonly #normalize: boolean;
  readonly #batches: Batches<unknown>;
  #loading: Promise<AnyPipeline> | null = null;

  constructor(options: AnyOptions) {
    const { model, prefix = {} } = options;
    checkModel(model);
    this.#options = options;
    this.#task = choiceOption("task", options.task, "feature-extraction", [
      "feature-extraction",
      "image-feature-extraction",
    ]);
    const texts = this.#task === "feature-extraction";
    const choices = texts ? (["mean", "cls", "last_token"] as const) : (["cls", "mean"] as const);
    this.#pooling = choiceOption("pooling", options.pooling, choices[0], choices);
    this.#normalize = options.normalize ?? true;
    const dtype = options.dtype === undefined ? [] : [options.dtype];
    const length = this.#normalize ? "unit" : "raw";
    this.id = embedderId(["transformers", model, this.#pooling, length, ...dtype], prefix);
    this.#batches = new Batches(
      `model '${model}'`,
      integerOption("batchSize", options.batchSize, 16, 1, 2 ** 31 - 1),
      integerOption("dimension", options.dimension, 0, 1, 65536),
      (inputs) => this.#run(inputs),
    );
  }

  get dimension(): number {
    return this.#batches.dimension;
  }

  async ready(options: { signal?: AbortSignal } = {}): Promise<this> {
    await this.#pipeline();
    if (this.#task === "feature-extraction" && !this.#batches.known)
      await this.#batches.embed(["dimension"], options);
    return this;
  }

  async embed(inputs: readonly unknown[], options?: EmbedOptions): Promise<Float32Array> {
    const given = optionsObject("embed()", options, EMBED_OPTIONS);
    throwIfAborted(given.signal);
    if (this.#task === "feature-extraction") {
      checkTexts(inputs);
      return this.#batches.embed(withPrefix(inputs, this.#options.prefix ?? {}, given.kind), given);
    }
    if (!Array.isArray(inputs)) {
      throw new StrataError("INVALID_ARGUMENT", `images must be an array, found ${describe(inputs)}`);
    }
    return this.#batches.embed(inputs, given);
  }

  async #run(inputs: readonly unknown[]): Promise<Float32Array> {
    const pipeline = await this.#pipeline();
    if (this.#task === "feature-extraction") {
      return takeRows(
        await pipeline(inputs, { pooling: this.#pooling, normalize: this.#normalize }),
        inputs.length,
      );
    }
    const vectors = poolTokens(await pipeline(inputs), inputs.length, this.#pooling);
    if (this.#normalize) scaleToUnitLength(vectors, vectors.length / inputs.length);
    return vectors;
  }

  #pipeline(): Promise<AnyPipeline> {
    if (!this.#loading) {
      this.#loading = this.#load();
      this.#loading.catch(() => (this.#loading = null)); // A download may succeed next time.
    }
    return this.#loading;
  }

  async #load(): Promise<AnyPipeline> {
    const { model, pipeline, dtype, device } = this.#options;
    if (pipeline) return pipeline as unknown as AnyPipeline;
    const library = (this.#options.library as Library | undefined) ?? (await importLibrary());
    try {
      const options = {
        ...(dtype === undefined ? {} : { dtype }),
        ...(device === undefined ? {} : { device }),
      };
      return (await library.pipeline(this.#task, model, options)) as AnyPipeline;
    } catch (error) {
      throw new StrataError("UNAVAILABLE", `model '${model}' cannot be loaded: ${String(error)}`, {
        cause: error,
      });
    }
  }
}

async function importLibrary(): Promise<Library> {
  try {
    // Not written out, so that bundlers do not insist on a package that only some need; hence the option `library`.
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ PACKAGE)) as Library;
  } catch (error) {
    throw new StrataError(
      "UNSUPPORTED",
      `the package '${PACKAGE}' cannot be imported: install it, and in bundled code give it as the option 'library'`,
      { cause: error },
    );
  }
}

/** The numbers of a tensor (inputs, numbers). */
function takeRows(tensor: Tensor, count: number): Float32Array {
  const { data, dims } = tensor;
  if (dims.length !== 2 || dims[0] !== count || data.length !== count * dims[1]!)
    throw unexpectedShape(dims, count);
  const vectors = Float32Array.from(data);
  tensor.dispose?.();
  return vectors;
}

/** One vector per picture, of a tensor (inputs, numbers), or (inputs, tokens, numbers) where the first token is `cls`. */
function poolTokens(tensor: Tensor, count: number, pooling: "mean" | "cls" | "last_token"): Float32Array {
  const { data, dims } = tensor;
  if (dims.length !== 3) return takeRows(tensor, count);
  const [rows, tokens, width] = dims as [number, number, number];
  if (rows !== count || tokens === 0 || data.length !== rows * tokens * width)
    throw unexpectedShape(dims, count);
  const vectors = new Float32Array(count * width);
  const taken = pooling === "mean" ? tokens : 1;
  for (let row = 0; row < count; row++) {
    for (let token = 0; token < taken; token++) {
      for (let i = 0; i < width; i++)
        vectors[row * width + i]! += data[(row * tokens + token) * width + i]! / taken;
    }
  }
  tensor.dispose?.();
  return vectors;
}

const unexpectedShape = (dims: readonly number[], count: number): StrataError =>
  new StrataError(
    "IO_ERROR",
    `the model answered with a tensor of shape [${dims.join(", ")}] for ${count} inputs`,
  );

function scaleToUnitLength(vectors: Float32Array, dimension: number): void {
  for (let from = 0; from < vectors.length; from += dimension) {
    const row = vectors.subarray(from, from + dimension);
    const length = Math.hypot(...row);
    if (length > 0) for (let i = 0; i < dimension; i++) row[i]! /= length;
  }
}
