import { StrataError, throwIfAborted } from "../errors.js";
import { describe, integerOption, optionsObject } from "../options.js";
import { Batches } from "./batches.js";
import { checkTexts, EMBED_OPTIONS, withPrefix, type EmbedOptions } from "./embedder.js";
import { checkModel, embedderId, type ModelEmbedder, type TextModelOptions } from "./model.js";

/** Options of {@link ollamaEmbedder}. */
export interface OllamaOptions extends TextModelOptions {
  /** Default `http://127.0.0.1:11434`. */
  url?: string;
  /** How long the server keeps the model in memory afterwards, for example `"10m"`, or seconds. Default: the server's. */
  keepAlive?: string | number;
  /** Whether a text that is too long for the model is cut (the server's default) or refused. */
  truncate?: boolean;
  /** Milliseconds until a request is given up. Default 120000: the server may have to load the model first. */
  timeout?: number;
  /** How often a request is sent again after a status of 500 and above or a failed connection. Default 2. */
  retries?: number;
  /** In place of the global one. */
  fetch?: typeof fetch;
}

/** A {@link ModelEmbedder} that asks an Ollama server. */
export type OllamaEmbedder = ModelEmbedder;

const OPTIONS = [
  "model", "url", "batchSize", "keepAlive", "truncate", "prefix", "dimension", "timeout", "retries", "fetch",
] as const; // prettier-ignore
const RETRY_MILLIS = 250;

/**
 * Embeds texts with a model on an Ollama server, by its `POST /api/embed`. Nothing is sent before the first
 * `embed()` or `ready()`, which reject with `NOT_FOUND` if the server does not have the model, `UNAVAILABLE` if it cannot
 * be reached, does not answer in time or fails, `INVALID_ARGUMENT` if it refuses the request, `IO_ERROR` if what answers
 * is no Ollama, and `ABORTED`.
 *
 * @example
 * const embedder = await ollamaEmbedder({ model: "nomic-embed-text" }).ready();
 */
export function ollamaEmbedder(options: OllamaOptions): OllamaEmbedder {
  return new Ollama(optionsObject("ollamaEmbedder()", options, OPTIONS));
}

class Ollama implements OllamaEmbedder {
  readonly id: string;
  readonly #batches: Batches<string>;
  readonly #endpoint: URL;
  readonly #options: OllamaOptions;
  readonly #timeout: number;
  readonly #retries: number;

  constructor(options: OllamaOptions) {
    const { model, url = "http://127.0.0.1:11434", prefix = {} } = options;
    checkModel(model);
    this.#options = options;
    this.#endpoint = endpoint(url);
    this.#timeout = integerOption("timeout", options.timeout, 120_000, 1, 2 ** 31 - 1);
    this.#retries = integerOption("retries", options.retries, 2, 0, 100);
    this.id = embedderId(["ollama", model], prefix);
    const size = integerOption("batchSize", options.batchSize, 32, 1, 2 ** 31 - 1);
    const dimension = integerOption("dimension", options.dimension, 0, 1, 65536);
    this.#batches = new Batches(`Ollama model '${model}'`, size, dimension, (texts, signal) =>
      this.#request(texts, signal),
    );
  }

  get dimension(): number {
    return this.#batches.dimension;
  }

  async ready(options: { signal?: AbortSignal } = {}): Promise<this> {
    if (!this.#batches.known) await this.#batches.embed(["dimension"], options);
    return this;
  }

  async embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array> {
    const given = optionsObject("embed()", options, EMBED_OPTIONS);
    checkTexts(texts);
    return this.#batches.embed(withPrefix(texts, this.#options.prefix ?? {}, given.kind), given);
  }

  async #request(input: readonly string[], signal: AbortSignal | undefined): Promise<Float32Array> {
    const { model, truncate, keepAlive } = this.#options;
    // JSON leaves out what is undefined.
    const body = JSON.stringify({ model, input, truncate, keep_alive: keepAlive });
    for (let attempt = 0; ; attempt++) {
      try {
        return readEmbeddings(await this.#send(body, signal), input.length);
      } catch (error) {
        if (!(error instanceof Retryable)) throw error;
        if (attempt >= this.#retries)
          throw new StrataError("UNAVAILABLE", error.message, { cause: error.cause });
      }
      await delay(RETRY_MILLIS * 2 ** attempt, signal);
    }
  }

  /** The body of a good answer, as JSON. */
  async #send(body: string, signal: AbortSignal | undefined): Promise<unknown> {
    throwIfAborted(signal);
    const { href } = this.#endpoint;
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    signal?.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(abort, this.#timeout);
    try {
      const response = await (this.#options.fetch ?? fetch)(this.#endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
        signal: controller.signal,
      });
      const text = await response.text();
      if (response.ok) return parseJson(text, href);
      throw failure(response.status, text, href);
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof StrataError || error instanceof Retryable) throw error;
      if (controller.signal.aborted) {
        throw new StrataError("UNAVAILABLE", `${href} did not answer within ${this.#timeout} ms`, {
          cause: error,
        });
      }
      const reason =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Retryable(`${href} cannot be reached (is Ollama running?): ${reason}`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

/** A failure that may have passed when the request is sent again. */
class Retryable extends Error {}

function endpoint(url: string): URL {
  try {
    return new URL("api/embed", url.endsWith("/") ? url : `${url}/`);
  } catch (error) {
    throw new StrataError("INVALID_ARGUMENT", `url must be a URL, found ${describe(url)}`, { cause: error });
  }
}

function parseJson(text: string, href: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StrataError("IO_ERROR", `${href} answered with something that is not JSON: ${describe(text)}`, {
      cause: error,
    });
  }
}

/** Ollama says what is wrong as `{ "error": "..." }`; something in between may say it otherwise. */
function failure(status: number, text: string, href: string): StrataError | Retryable {
  let reason = text.slice(0, 200);
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === "string") reason = error;
  } catch {
    // Not JSON: the text itself is the reason.
  }
  const message = `${href} answered with status ${status}: ${reason}`;
  if (status >= 500) return new Retryable(message);
  return new StrataError(status === 404 ? "NOT_FOUND" : "INVALID_ARGUMENT", message);
}

function readEmbeddings(reply: unknown, count: number): Float32Array {
  const { embeddings } = (reply ?? {}) as { embeddings?: unknown };
  const rows = Array.isArray(embeddings) ? (embeddings as unknown[]) : [];
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  if (rows.length !== count || !rows.every((row) => isNumbers(row) && row.length === width)) {
    throw new StrataError(
      "IO_ERROR",
      `expected the embeddings of ${count} texts, all of one length; found ${describe(embeddings)}`,
    );
  }
  const vectors = new Float32Array(count * width);
  for (const [i, row] of rows.entries()) vectors.set(row as number[], i * width);
  return vectors;
}

const isNumbers = (row: unknown): row is number[] =>
  Array.isArray(row) && row.every((value) => typeof value === "number");

/** Waits, not longer than until the signal fires. */
function delay(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal?.addEventListener("abort", done);
  });
}
