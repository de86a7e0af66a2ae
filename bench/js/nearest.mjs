import { writeFileSync } from "node:fs";

/**
 * The distances of the k nearest rows of each query, by comparing with every row that is offered. Infinity where there are
 * fewer than k.
 */
export class Nearest {
  #k;
  #best;

  constructor(queryCount, k) {
    this.#k = k;
    this.#best = new Float64Array(queryCount * k).fill(Infinity);
  }

  /** What a row has to be nearer than. */
  bound(query) {
    return this.#best[query * this.#k + this.#k - 1];
  }

  offer(query, distance) {
    if (distance >= this.bound(query)) return;
    const first = query * this.#k;
    let at = first + this.#k - 1;
    for (; at > first && this.#best[at - 1] > distance; at--) this.#best[at] = this.#best[at - 1];
    this.#best[at] = distance;
  }

  /** Writes the distances as a .fvecs file. */
  save(path, of = (distance) => distance) {
    const queryCount = this.#best.length / this.#k;
    const words = new DataView(new ArrayBuffer(queryCount * (1 + this.#k) * 4));
    for (let q = 0; q < queryCount; q++) {
      const at = q * (1 + this.#k) * 4;
      words.setInt32(at, this.#k, true);
      for (let i = 0; i < this.#k; i++)
        words.setFloat32(at + 4 + 4 * i, of(this.#best[q * this.#k + i]), true);
    }
    writeFileSync(path, new Uint8Array(words.buffer));
  }
}
