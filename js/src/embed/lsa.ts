import type { Database } from "../database.js";
import { StrataError } from "../errors.js";
import type { WasmSource } from "../wasm_source.js";
import { integerOption, optionsObject, describe, type WorkOptions } from "../options.js";
import { checkTexts, EMBED_OPTIONS, type EmbedOptions, type Embedder } from "./embedder.js";
import { readModel, writeModel } from "./lsa_store.js";
import { TextEngine, type ModelData } from "./text_engine.js";

/** Options of {@link LsaEmbedder.train}. The defaults were measured; see docs/embedding.md. */
export interface LsaTrainOptions extends WorkOptions {
  /** Numbers per vector, at most; fewer if the texts do not differ in so many ways. 1..512, default 160. */
  dimension?: number;
  /** Words in fewer texts are not learned. Default 2. */
  minDocumentCount?: number;
  /** Words in a larger share of the texts are not learned. Above 0 and at most 1, default 0.5. */
  maxDocumentShare?: number;
  /** How much broad topics count against narrow ones. -1..1, default 0.25. */
  singularValuePower?: number;
  /** More: closer to the exact decomposition, and slower. 0..32, default 4. */
  powerIterations?: number;
  /** Default 1. The same texts, options and seed give the same vectors. */
  seed?: number;
  /** Words that are not learned, in place of a built-in English list. */
  stopWords?: readonly string[];
  /** Where strata-text.wasm comes from, if not from beside the script. */
  wasm?: WasmSource;
}

/** Options of {@link LsaEmbedder.load}. */
export interface LsaLoadOptions {
  /** Where strata-text.wasm comes from, if not from beside the script. */
  wasm?: WasmSource;
}

const TRAIN_OPTIONS = [
  "dimension", "minDocumentCount", "maxDocumentShare", "singularValuePower", "powerIterations", "seed", "stopWords",
  "wasm", "signal", "onProgress",
] as const; // prettier-ignore
/** Counts cross to the engine as 32-bit floats. */
const COUNT_MAX = 2 ** 24;

/** Fewer words say nothing about whether the model fits. */
const WORDS_TO_JUDGE_BY = 200;
/** Texts of the kind that a model was trained on have 5 to 10 percent of unknown words. */
const UNKNOWN_SHARE_MAX = 0.25;

/**
 * The built-in embedder: latent semantic analysis, learned from your own texts in seconds, with nothing to download. Two
 * texts come near each other when they use words that occur together, whether or not they share any.
 *
 * Runs in the thread that calls it, in steps of a few milliseconds, and in a WebAssembly instance of its own.
 *
 * @example
 * const embedder = await LsaEmbedder.train(texts);
 * const notes = await db.collection("notes", { dimension: embedder.dimension });
 * await notes.upsert({ ids, vectors: await embedder.embed(texts), texts });
 * await embedder.save(db, "notes");
 * // Later:
 * const embedder = await LsaEmbedder.load(db, "notes");
 * const hits = await notes.search(await embedder.embed(["how do trees stay balanced?"]), { k: 3 });
 */
export class LsaEmbedder implements Embedder {
  readonly #engine: TextEngine;
  readonly #model: ModelData;
  #words = 0;
  #unknown = 0;

  private constructor(engine: TextEngine, model: ModelData) {
    this.#engine = engine;
    this.#model = model;
  }

  /**
   * Learns from `texts`: passages of the size you will store, some hundreds of them or more.
   *
   * @throws {@link StrataError} `INVALID_ARGUMENT` for an option out of range or a text with half of a surrogate pair;
   * `FAILED_PRECONDITION` if no word occurs in enough of the texts; `ABORTED`.
   */
  static async train(texts: readonly string[], options?: LsaTrainOptions): Promise<LsaEmbedder> {
    const given = optionsObject("train()", options, TRAIN_OPTIONS);
    checkTexts(texts);
    if (given.stopWords !== undefined) checkTexts(given.stopWords);
    const { engine, model } = await TextEngine.train(
      texts,
      [
        integerOption("dimension", given.dimension, 160, 1, 512),
        integerOption("minDocumentCount", given.minDocumentCount, 2, 1, COUNT_MAX),
        numberOption("maxDocumentShare", given.maxDocumentShare, 0.5),
        numberOption("singularValuePower", given.singularValuePower, 0.25),
        integerOption("powerIterations", given.powerIterations, 4, 0, 32),
        integerOption("seed", given.seed, 1, 0, COUNT_MAX),
      ],
      given.stopWords && [...given.stopWords],
      given.wasm,
      given,
    );
    return new LsaEmbedder(engine, model);
  }

  /**
   * Reads the model that {@link save} stored under `name`.
   *
   * @throws {@link StrataError} `NOT_FOUND` if there is none; `CORRUPTION` if parts of it are missing or changed;
   * `UNSUPPORTED_FORMAT` if a newer version stored it.
   */
  static async load(db: Database, name: string, options?: LsaLoadOptions): Promise<LsaEmbedder> {
    const { wasm } = optionsObject("load()", options, ["wasm"]);
    const { id, model } = await readModel(db, name);
    const engine = await TextEngine.load(model, wasm);
    if (engine.id !== id) {
      throw new StrataError("CORRUPTION", `the LSA model of '${name}' should be ${id}, found ${engine.id}`);
    }
    return new LsaEmbedder(engine, model);
  }

  /**
   * Stores the model in the collection `name + ".lsa"`, replacing the one that was there: as safe as other records, and
   * part of every export. Its vectors and those it made belong together, so store both under the same name.
   *
   * @throws {@link StrataError} `FAILED_PRECONDITION` if a model of another dimension is there: drop that collection,
   * or use another name.
   */
  async save(db: Database, name: string): Promise<void> {
    await writeModel(db, name, this.id, this.dimension, this.#model);
  }

  get id(): string {
    return this.#engine.id;
  }

  get dimension(): number {
    return this.#engine.dimension;
  }

  /** How many words the model knows. */
  get termCount(): number {
    return this.#model.terms.length;
  }

  /**
   * The vectors of `texts`, of unit length, also of texts that the model was not trained on. A text without any known
   * word gets a row of zeros, so that one such text does not cost a whole batch; it is near nothing, and a cosine
   * collection refuses it. Store that record without a vector.
   *
   * @throws {@link StrataError} `INVALID_ARGUMENT` for a text with half of a surrogate pair; `ABORTED`.
   */
  async embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array> {
    const given = optionsObject("embed()", options, EMBED_OPTIONS);
    checkTexts(texts);
    const { vectors, words, unknown } = await this.#engine.embed(texts, given);
    if (given.kind !== "query") {
      for (const count of words) this.#words += count;
      for (const count of unknown) this.#unknown += count;
    }
    return vectors;
  }

  /** Of all words in the passages embedded so far, stop words aside, the part that the model does not know, in [0, 1]. */
  get unknownShare(): number {
    return this.#words === 0 ? 0 : this.#unknown / this.#words;
  }

  /**
   * Whether {@link unknownShare} says that the texts have moved away from those the model was trained on. Train a new
   * one then, and embed everything anew with it.
   */
  get retrainAdvised(): boolean {
    return this.#words >= WORDS_TO_JUDGE_BY && this.unknownShare > UNKNOWN_SHARE_MAX;
  }
}

/** The range is for the engine to check. */
function numberOption(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number") return value;
  throw new StrataError("INVALID_ARGUMENT", `${name} must be a number, found ${describe(value)}`);
}
