import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { decodeRows } from "./vector_set.mjs";

/** Rows of a .fvecs or .bvecs file, read when asked for, so that a process can be weighed that does not hold them. */
export class RowFile {
  dimension;
  count;
  #path;
  #descriptor;
  #stride;

  constructor(path) {
    this.#path = path;
    this.#descriptor = openSync(path);
    const head = new Uint8Array(4);
    readSync(this.#descriptor, head, 0, 4, 0);
    this.dimension = new DataView(head.buffer).getInt32(0, true);
    this.#stride = 4 + this.dimension * (path.endsWith(".bvecs") ? 1 : 4);
    this.count = fstatSync(this.#descriptor).size / this.#stride;
  }

  /** Rows `first` to `first + count`, row-major. */
  read(first, count) {
    const bytes = new Uint8Array(count * this.#stride);
    // One read gives at most 2 GiB.
    const piece = 1 << 30;
    for (let at = 0; at < bytes.length; at += piece) {
      const length = Math.min(piece, bytes.length - at);
      const got = readSync(this.#descriptor, bytes, at, length, first * this.#stride + at);
      if (got !== length) throw new Error(`${this.#path} ends too soon`);
    }
    return decodeRows(bytes, this.#path).vectors;
  }

  /** All rows in order, `size` at a time. */
  *blocks(size) {
    for (let first = 0; first < this.count; first += size) {
      const count = Math.min(size, this.count - first);
      yield { first, count, vectors: this.read(first, count) };
    }
  }

  at(row) {
    return this.read(row, 1);
  }

  close() {
    closeSync(this.#descriptor);
  }
}
