import { StrataError } from "../errors.js";
import {
  checkRead,
  checkTruncate,
  checkWrite,
  type HostStorage,
  type StorageDescription,
} from "./host_storage.js";
import { PagedBytes } from "./paged_bytes.js";

/** Files that end with the process or tab: for tests, for caches, and where a browser offers nothing else. */
export class MemoryStorage implements HostStorage {
  readonly description: StorageDescription;
  readonly #files = new Map<number, PagedBytes>();
  #closed = false;

  constructor(note?: string) {
    this.description = {
      kind: "memory",
      durable: false,
      location: "",
      ...(note === undefined ? {} : { note }),
    };
  }

  list(): number[] {
    this.#checkOpen();
    return [...this.#files.keys()].sort((a, b) => a - b);
  }

  create(file: number): void {
    this.#checkOpen();
    if (this.#files.has(file)) throw new StrataError("ALREADY_EXISTS", `file ${file} is there already`);
    this.#files.set(file, new PagedBytes());
  }

  size(file: number): number {
    return this.#find(file).size;
  }

  readAt(file: number, offset: number, into: Uint8Array): void {
    const found = this.#find(file);
    checkRead(file, found.size, offset, into.length);
    found.read(offset, into);
  }

  writeAt(file: number, offset: number, bytes: Uint8Array): void {
    const found = this.#find(file);
    checkWrite(file, found.size, offset);
    found.write(offset, bytes);
  }

  truncate(file: number, size: number): void {
    const found = this.#find(file);
    checkTruncate(file, found.size, size);
    found.truncate(size);
  }

  sync(file: number): void {
    this.#find(file);
  }

  syncNames(): void {
    this.#checkOpen();
  }

  remove(file: number): void {
    this.#find(file);
    this.#files.delete(file);
  }

  async settled(): Promise<void> {}

  async durable(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    this.#files.clear();
  }

  #checkOpen(): void {
    if (this.#closed) throw new StrataError("CLOSED", "the storage is closed");
  }

  #find(file: number): PagedBytes {
    this.#checkOpen();
    const found = this.#files.get(file);
    if (!found) throw new StrataError("NOT_FOUND", `file ${file} is not there`);
    return found;
  }
}
