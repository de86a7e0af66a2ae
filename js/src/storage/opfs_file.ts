import { StrataError } from "../errors.js";
import type { BridgeSource, ByteRange } from "./bridge.js";
import { PagedBytes } from "./paged_bytes.js";
import { encodeHeader, HEADER_BYTES, type PoolHeader } from "./opfs_header.js";

/** The synchronous part of `FileSystemSyncAccessHandle`, which TypeScript declares for workers only. */
export interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Stands in for a handle until one can be had; the bytes are lost with the worker unless they are bridged. */
export class MemoryHandle implements SyncHandle {
  readonly #bytes = new PagedBytes();

  read(into: Uint8Array, { at }: { at: number }): number {
    const length = Math.max(0, Math.min(into.length, this.#bytes.size - at));
    this.#bytes.read(at, into.subarray(0, length));
    return length;
  }

  write(bytes: Uint8Array, { at }: { at: number }): number {
    this.#bytes.write(at, bytes);
    return bytes.length;
  }

  truncate(size: number): void {
    this.#bytes.truncate(size);
  }

  getSize(): number {
    return this.#bytes.size;
  }

  flush(): void {}

  close(): void {}
}

/** Ranges written since the last sync, merged where one continues another. */
class ChangedRanges {
  #ranges: ByteRange[] = [];

  add(start: number, end: number): void {
    const last = this.#ranges.at(-1);
    if (last && start >= last.start && start <= last.end) last.end = Math.max(last.end, end);
    else if (end > start) this.#ranges.push({ start, end });
  }

  get empty(): boolean {
    return this.#ranges.length === 0;
  }

  /** Forgets what lies behind `size`. */
  cut(size: number): void {
    this.#ranges = this.#ranges
      .filter(({ start }) => start < size)
      .map(({ start, end }) => ({ start, end: Math.min(end, size) }));
  }

  take(): ByteRange[] {
    return this.#ranges.splice(0);
  }
}

/**
 * One physical file of a pool: a handle, and a header that says which logical file it holds. All offsets here count
 * from the first byte of the header.
 */
export class PhysicalFile implements BridgeSource {
  readonly changed = new ChangedRanges();
  #handle: SyncHandle;
  #header: PoolHeader;
  #size: number;
  /** Bytes before this one were synced. */
  syncedSize: number;
  /** When the file's name is safe, on the clock of performance.now(); Infinity while it is in memory. */
  oldAt: number;

  /** Takes a file as it stands: everything in it counts as synced. */
  constructor(
    readonly id: number,
    handle: SyncHandle,
    header: PoolHeader,
    oldAt: number,
  ) {
    this.#handle = handle;
    this.#header = header;
    this.#size = handle.getSize();
    this.syncedSize = this.#size;
    this.oldAt = oldAt;
  }

  get header(): Readonly<PoolHeader> {
    return this.#header;
  }

  get generation(): number {
    return this.#header.generation;
  }

  get size(): number {
    return this.#size;
  }

  get inMemory(): boolean {
    return this.#handle instanceof MemoryHandle;
  }

  get young(): boolean {
    return performance.now() < this.oldAt;
  }

  read(offset: number, into: Uint8Array): void {
    const read = this.#attempt("read", () => this.#handle.read(into, { at: offset }));
    if (read !== into.length) {
      throw new StrataError("IO_ERROR", `${this.#name}: read ${read} of ${into.length} bytes at ${offset}`);
    }
  }

  write(offset: number, bytes: Uint8Array): void {
    let written: number;
    try {
      written = this.#attempt("write", () => this.#handle.write(bytes, { at: offset }));
    } catch (error) {
      this.#cutBack();
      throw error;
    }
    // Chromium answers 4294967288, an error code taken for a length, when the quota is used up in a private window.
    if (written !== bytes.length) {
      this.#cutBack();
      const message = `${this.#name}: wrote ${written} of ${bytes.length} bytes at ${offset}`;
      throw new StrataError("NO_SPACE", message);
    }
    this.#size = Math.max(this.#size, offset + bytes.length);
    this.changed.add(offset, offset + bytes.length);
  }

  truncate(size: number): void {
    this.#attempt("truncate", () => this.#handle.truncate(size));
    this.#size = size;
    this.syncedSize = Math.min(this.syncedSize, size);
    this.changed.cut(size);
  }

  flush(): void {
    this.#attempt("flush", () => this.#handle.flush());
    this.syncedSize = this.#size;
  }

  writeHeader(header: PoolHeader): void {
    this.write(0, encodeHeader(header));
    this.#header = header;
  }

  /** Makes it an empty spare, durably. Its name and age stay. */
  free(generation: number): void {
    this.writeHeader({ ...this.#header, file: null, generation });
    this.truncate(HEADER_BYTES);
    this.flush();
    this.changed.take();
  }

  /** Moves the bytes from memory to `handle`, that of an empty file made just now. */
  moveTo(handle: SyncHandle, createdAt: number, oldAt: number): void {
    const bytes = new Uint8Array(this.#size);
    this.read(0, bytes);
    bytes.set(encodeHeader({ ...this.#header, createdAt }));
    const written = handle.write(bytes, { at: 0 });
    if (written !== bytes.length) {
      throw new StrataError("NO_SPACE", `${this.#name}: wrote ${written} of ${bytes.length} bytes`);
    }
    handle.flush();
    this.#handle = handle;
    this.#header = { ...this.#header, createdAt };
    this.oldAt = oldAt;
    this.changed.add(0, HEADER_BYTES);
  }

  close(): void {
    this.#handle.close();
  }

  get #name(): string {
    const { file } = this.#header;
    return `${file === null ? "a spare" : `file ${file}`} (OPFS file ${this.id})`;
  }

  /** After a failed write: what was added behind the end is no part of the file. */
  #cutBack(): void {
    try {
      if (this.#handle.getSize() > this.#size) this.#handle.truncate(this.#size);
    } catch {
      // The size is known here in any case, and the next write overwrites what is behind it.
    }
  }

  #attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof StrataError) throw error;
      const full = error instanceof DOMException && error.name === "QuotaExceededError";
      const message = `${this.#name}: ${what} failed: ${String(error)}`;
      throw new StrataError(full ? "NO_SPACE" : "IO_ERROR", message, { cause: error });
    }
  }
}
