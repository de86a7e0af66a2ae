import { throwIfAborted } from "../errors.js";
import { Instance } from "../engine/instance.js";
import { nextTurn } from "../engine/next_turn.js";
import { loadTextWasm, type WasmPlatform } from "../loader.js";
import type { WorkOptions } from "../options.js";
import { tellProgress } from "../progress.js";
import { resolveUrl, type WasmSource } from "../wasm_source.js";
import { ByteWriter } from "../wire/byte_writer.js";
import { decodeReply, type Reply } from "../wire/reply.js";
import type { TextSession } from "./text_session.js";

// TextSession::Call of bindings/wasm/text/text_session.h.
const BEGIN = 0;
const ADD = 1;
const STEP = 2;
const FINISH = 3;
const LOAD = 4;
const EMBED = 5;

/** Characters that are given to the engine at once: some milliseconds of work. */
const BATCH_CHARACTERS = 1 << 15;
/** Counting words is about this part of training. */
const COUNTING_SHARE = 0.2;

/** The numbers of LsaOptions (core/include/strata/text.h), in their order. */
export type TrainingNumbers = readonly [
  dimension: number,
  minDocumentCount: number,
  maxDocumentShare: number,
  singularValuePower: number,
  powerIterations: number,
  seed: number,
];

/** A model as data. `stopWords` is absent for the built-in list. */
export interface ModelData {
  terms: readonly string[];
  /** Row-major (terms, dimension). */
  vectors: Float32Array;
  stopWords?: readonly string[] | undefined;
}

/** The vectors of some texts, and how many of each text's words the model does not know. */
export interface Embedded {
  vectors: Float32Array;
  words: Uint32Array;
  unknown: Uint32Array;
}

/**
 * The engine's text embedder with one model, in a WebAssembly instance of its own and in this thread: it needs no
 * database, and dropping it gives the memory back. Long work pauses every few milliseconds.
 */
export class TextEngine {
  readonly #instance: Instance<TextSession>;
  #id = "";
  #dimension = 0;

  private constructor(instance: Instance<TextSession>) {
    this.#instance = instance;
  }

  get id(): string {
    return this.#id;
  }

  get dimension(): number {
    return this.#dimension;
  }

  static async load(model: ModelData, wasm: WasmSource | undefined): Promise<TextEngine> {
    const engine = await TextEngine.#create(wasm);
    engine.#setModel(
      engine.#call(LOAD, model.vectors, packStopWords(model.stopWords), packTexts(model.terms)),
    );
    return engine;
  }

  /** Trains a model. `FAILED_PRECONDITION` if the texts have no words in common; `ABORTED`. */
  static async train(
    texts: readonly string[],
    numbers: TrainingNumbers,
    stopWords: readonly string[] | undefined,
    wasm: WasmSource | undefined,
    { signal, onProgress }: WorkOptions,
  ): Promise<{ engine: TextEngine; model: ModelData }> {
    const trainer = await TextEngine.#create(wasm);
    trainer.#call(BEGIN, Float32Array.from(numbers), packStopWords(stopWords));
    for (const [from, batch] of batches(texts)) {
      trainer.#call(ADD, null, undefined, packTexts(batch));
      await pause(signal);
      tellProgress(onProgress, (COUNTING_SHARE * (from + batch.length)) / texts.length);
    }
    for (;;) {
      const { json: more, blocks } = trainer.#call(STEP);
      if (more !== true) break;
      await pause(signal);
      tellProgress(onProgress, COUNTING_SHARE + (1 - COUNTING_SHARE) * blocks[0]![0]!);
    }
    const { json, blocks } = trainer.#call(FINISH);
    const { terms } = json as { terms: string[] };
    const model = { terms, vectors: blocks[0] as Float32Array, stopWords };
    // WebAssembly memory never shrinks: leave behind what training needed.
    return { engine: await TextEngine.load(model, wasm), model };
  }

  async embed(texts: readonly string[], { signal, onProgress }: WorkOptions): Promise<Embedded> {
    throwIfAborted(signal);
    const vectors = new Float32Array(texts.length * this.#dimension);
    const words = new Uint32Array(texts.length);
    const unknown = new Uint32Array(texts.length);
    for (const [from, batch] of batches(texts)) {
      if (from > 0) await pause(signal);
      const { blocks } = this.#call(EMBED, null, undefined, packTexts(batch));
      vectors.set(blocks[0]!, from * this.#dimension);
      words.set(blocks[1]!, from);
      unknown.set(blocks[2]!, from);
      tellProgress(onProgress, (from + batch.length) / texts.length);
    }
    return { vectors, words, unknown };
  }

  static async #create(wasm: WasmSource | undefined): Promise<TextEngine> {
    return new TextEngine(await Instance.create<TextSession>(await loadTextWasm(wasm, platform)));
  }

  #call(
    call: number,
    floats: Float32Array | null = null,
    head: Uint8Array = NOTHING,
    body: Uint8Array = NOTHING,
  ): Reply {
    this.#instance.pass(floats, head, body);
    this.#instance.run((session) => session.run(call, floats?.length ?? 0, head.length, body.length));
    return decodeReply(this.#instance.replyBytes());
  }

  #setModel({ json }: Reply): void {
    const { id, dimension } = json as { id: string; dimension: number };
    this.#id = id;
    this.#dimension = dimension;
  }
}

const NOTHING = new Uint8Array(0);

/** This module is the same in Node and in browsers, and must not make bundlers for browsers look for Node's modules. */
const platform: WasmPlatform = {
  resolve: (source) =>
    resolveUrl(source, globalThis.document?.baseURI ?? `file://${globalThis.process?.cwd()}/`),
  async readFile(url) {
    const { readFile } = globalThis.process.getBuiltinModule("node:fs/promises");
    return new Uint8Array(await readFile(url));
  },
};

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => nextTurn(resolve));
  throwIfAborted(signal);
}

/** Texts that together have about BATCH_CHARACTERS, and the number of the first of them. */
function* batches(texts: readonly string[]): Generator<[from: number, batch: readonly string[]]> {
  let from = 0;
  let characters = 0;
  for (const [i, text] of texts.entries()) {
    characters += text.length;
    if (characters < BATCH_CHARACTERS && i + 1 < texts.length) continue;
    yield [from, texts.slice(from, i + 1)];
    from = i + 1;
    characters = 0;
  }
}

function packTexts(texts: readonly string[]): Uint8Array {
  const bytes = new ByteWriter();
  for (const text of texts) bytes.text(text);
  return bytes.finish();
}

/** One byte tells an empty list from none. */
function packStopWords(words: readonly string[] | undefined): Uint8Array {
  if (words === undefined) return NOTHING;
  const bytes = new ByteWriter();
  bytes.u8(1);
  for (const word of words) bytes.text(word);
  return bytes.finish();
}
