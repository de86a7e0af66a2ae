import { StrataError, throwIfAborted } from "../errors.js";
import { tellProgress } from "../progress.js";
import type { EmbedOptions } from "./embedder.js";

/**
 * What the adapters of foreign models have in common: inputs go to the model in batches, and how many numbers it
 * answers with is known once it has answered.
 */
export class Batches<Input> {
  #dimension: number;

  /**
   * @param embedBatch - Answers with the vectors of a batch, one after the other.
   * @param dimension - What is expected; 0 if it is not known.
   */
  constructor(
    private readonly name: string,
    private readonly size: number,
    dimension: number,
    private readonly embedBatch: (inputs: readonly Input[], signal?: AbortSignal) => Promise<Float32Array>,
  ) {
    this.#dimension = dimension;
  }

  get dimension(): number {
    if (this.#dimension > 0) return this.#dimension;
    throw new StrataError(
      "FAILED_PRECONDITION",
      `${this.name}: the dimension is not known before the first vectors: await ready() or embed(), or give it as an option`,
    );
  }

  get known(): boolean {
    return this.#dimension > 0;
  }

  async embed(inputs: readonly Input[], { signal, onProgress }: EmbedOptions): Promise<Float32Array> {
    throwIfAborted(signal);
    let all = new Float32Array(0);
    for (let from = 0; from < inputs.length; from += this.size) {
      const batch = inputs.slice(from, from + this.size);
      const vectors = await this.embedBatch(batch, signal);
      throwIfAborted(signal);
      this.#check(vectors, batch.length);
      if (from === 0) all = new Float32Array(inputs.length * this.#dimension);
      all.set(vectors, from * this.#dimension);
      tellProgress(onProgress, (from + batch.length) / inputs.length);
    }
    return all;
  }

  #check(vectors: Float32Array, count: number): void {
    if (this.#dimension === 0) this.#dimension = vectors.length / count;
    if (
      !Number.isInteger(this.#dimension) ||
      vectors.length !== count * this.#dimension ||
      vectors.length === 0
    ) {
      throw new StrataError(
        "FAILED_PRECONDITION",
        `${this.name}: the model answered with ${vectors.length / count} numbers per input, expected ${this.#dimension}`,
      );
    }
    if (!vectors.every(Number.isFinite)) {
      throw new StrataError("IO_ERROR", `${this.name}: the model answered with a number that is not finite`);
    }
  }
}
