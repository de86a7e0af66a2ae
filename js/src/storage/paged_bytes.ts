import { StrataError } from "../errors.js";

/** Also the unit in which IndexedDB storage writes: a small append rewrites one page. */
export const PAGE_BYTES = 65536;

/** The bytes of one file in memory, in pages of {@link PAGE_BYTES}. Ranges are the caller's to check. */
export class PagedBytes {
  readonly #pages: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get pageCount(): number {
    return Math.ceil(this.#size / PAGE_BYTES);
  }

  /** The bytes of a page, fewer than {@link PAGE_BYTES} only in the last one. A copy. */
  page(index: number): Uint8Array<ArrayBuffer> {
    return this.#pages[index]!.slice(0, Math.min(PAGE_BYTES, this.#size - index * PAGE_BYTES));
  }

  read(offset: number, into: Uint8Array): void {
    forEachPage(offset, into.length, (index, start, from, to) => {
      into.set(this.#pages[index]!.subarray(start, start + to - from), from);
    });
  }

  /** `offset` is at most the size. `NO_SPACE` if memory is out; then nothing has changed. */
  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    this.#reserve(Math.ceil(end / PAGE_BYTES));
    forEachPage(offset, bytes.length, (index, start, from, to) => {
      this.#pages[index]!.set(bytes.subarray(from, to), start);
    });
    this.#size = Math.max(this.#size, end);
  }

  truncate(size: number): void {
    this.#size = size;
    this.#pages.length = this.pageCount;
  }

  #reserve(pageCount: number): void {
    try {
      while (this.#pages.length < pageCount) this.#pages.push(new Uint8Array(PAGE_BYTES));
    } catch (error) {
      throw new StrataError("NO_SPACE", "memory for a file's next page cannot be had", { cause: error });
    }
  }
}

/** Visits the pages of [offset, offset + bytes): its bytes [from, to) begin at `start` in page `index`. */
export function forEachPage(
  offset: number,
  bytes: number,
  visit: (index: number, start: number, from: number, to: number) => void,
): void {
  for (let from = 0; from < bytes;) {
    const index = Math.floor((offset + from) / PAGE_BYTES);
    const start = offset + from - index * PAGE_BYTES;
    const to = Math.min(bytes, from + PAGE_BYTES - start);
    visit(index, start, from, to);
    from = to;
  }
}
