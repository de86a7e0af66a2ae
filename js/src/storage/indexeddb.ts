import type { DBSchema } from "idb";
import { randomId } from "../browser/random_id.js";
import { StrataError, toStrataError } from "../errors.js";
import {
  checkRead,
  checkTruncate,
  checkWrite,
  type HostStorage,
  type StorageDescription,
} from "./host_storage.js";
import { deleteUnlisted, IndexedDbConnection, type Transaction } from "./indexeddb_connection.js";
import { forEachPage, PAGE_BYTES, PagedBytes } from "./paged_bytes.js";

interface Schema extends DBSchema {
  /** Which {@link IndexedDbStorage} may write: a random name, renewed by each opening. */
  meta: { key: "owner"; value: string };
  /** Size of each file. A file that is not here does not exist, whatever `pages` holds. */
  files: { key: number; value: number };
  /** Page bytes by [file, page]. */
  pages: { key: [number, number]; value: Uint8Array<ArrayBuffer> };
}

/** Above this, pages of new files go ahead in transactions of this size, so that no single one grows without bound. */
const TRANSACTION_BYTES_MAX = 16 * 2 ** 20;
/** Pages fetched at once while opening. */
const LOAD_PAGES = 64;

const pagesFrom = (file: number, page: number): IDBKeyRange =>
  IDBKeyRange.bound([file, page], [file, Infinity]);

/** What memory holds and IndexedDB does not yet. */
class Changes {
  /** Pages by file. */
  readonly pages = new Map<number, Set<number>>();
  /** Files that were made or removed, or whose size changed. */
  readonly files = new Set<number>();

  get empty(): boolean {
    return this.files.size === 0 && this.pages.size === 0;
  }

  addPage(file: number, page: number): void {
    const pages = this.pages.get(file);
    if (pages) pages.add(page);
    else this.pages.set(file, new Set([page]));
  }

  addAll(other: Changes): void {
    for (const file of other.files) this.files.add(file);
    for (const [file, pages] of other.pages) for (const page of pages) this.addPage(file, page);
  }
}

interface Waiter {
  strict: boolean;
  resolve(): void;
  reject(error: StrataError): void;
}

/**
 * Files in IndexedDB alone, for browsers without OPFS sync access handles.
 *
 * IndexedDB cannot be read synchronously, so the whole database sits in memory and IndexedDB holds a copy of it. Each
 * transaction takes everything that changed since the one before, so what IndexedDB holds is always the state of
 * memory at one single moment: stronger than the order of syncs that the engine asks for. The only thing written
 * outside that rule are pages of files that IndexedDB does not list yet, which nobody can see.
 *
 * Another tab that opens the same database writes its own name into `meta`; from then on transactions of this one
 * abort with `FENCED`, because its memory is stale.
 */
export class IndexedDbStorage implements HostStorage {
  readonly description: StorageDescription;
  readonly #connection: IndexedDbConnection<Schema>;
  readonly #owner: string;
  readonly #files: Map<number, PagedBytes>;
  /** Files that IndexedDB lists. */
  #stored: Set<number>;
  #changes = new Changes();
  /** A sync was asked for and not yet begun. */
  #syncWanted = false;
  /** The last commit was relaxed, so power loss may still undo it. */
  #relaxedCommit = false;
  #waiters: Waiter[] = [];
  #running = false;
  #failure: StrataError | null = null;
  #closed = false;

  private constructor(
    location: string,
    note: string | undefined,
    connection: IndexedDbConnection<Schema>,
    owner: string,
    files: Map<number, PagedBytes>,
  ) {
    const memoryNote =
      "The whole database is held in memory, because IndexedDB cannot be read synchronously.";
    const fullNote = note === undefined ? memoryNote : `${note} ${memoryNote}`;
    this.description = { kind: "indexeddb", durable: true, location, note: fullNote };
    this.#connection = connection;
    this.#owner = owner;
    this.#files = files;
    this.#stored = new Set(files.keys());
  }

  /** Takes the database over from whoever had it, and loads it. `IO_ERROR`; `OUT_OF_MEMORY`. */
  static async open(name: string, note?: string): Promise<IndexedDbStorage> {
    const location = `stratadb/${name}`;
    const connection = new IndexedDbConnection<Schema>(location, (db) => {
      db.createObjectStore("meta");
      db.createObjectStore("files");
      db.createObjectStore("pages");
    });
    const owner = randomId();
    try {
      const sizes = await connection.run(["meta", "files"], "readwrite", "relaxed", async (transaction) => {
        await transaction.objectStore("meta").put(owner, "owner");
        const store = transaction.objectStore("files");
        const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
        return new Map(keys.map((key, i) => [key, values[i]!]));
      });
      const files = new Map<number, PagedBytes>();
      for (const [file, size] of sizes) files.set(file, await loadFile(connection, file, size));
      // What a write-ahead left whose transaction never came.
      await connection.run(["pages"], "readwrite", "relaxed", (transaction) =>
        deleteUnlisted(transaction.objectStore("pages"), files),
      );
      return new IndexedDbStorage(location, note, connection, owner, files);
    } catch (error) {
      connection.close();
      if (error instanceof RangeError) {
        throw new StrataError("OUT_OF_MEMORY", "this database does not fit into memory", { cause: error });
      }
      throw error;
    }
  }

  /** Whether nothing was there before it was opened. */
  get isNew(): boolean {
    return this.#connection.created;
  }

  list(): number[] {
    this.#checkOpen();
    return [...this.#files.keys()].sort((a, b) => a - b);
  }

  create(file: number): void {
    this.#checkOpen();
    if (this.#files.has(file)) throw new StrataError("ALREADY_EXISTS", `file ${file} is there already`);
    this.#files.set(file, new PagedBytes());
    this.#changes.files.add(file);
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
    const { size } = found;
    checkWrite(file, size, offset);
    found.write(offset, bytes);
    forEachPage(offset, bytes.length, (page) => this.#changes.addPage(file, page));
    if (found.size !== size) this.#changes.files.add(file);
  }

  truncate(file: number, size: number): void {
    const found = this.#find(file);
    checkTruncate(file, found.size, size);
    found.truncate(size);
    this.#changes.files.add(file);
    if (size % PAGE_BYTES !== 0) this.#changes.addPage(file, found.pageCount - 1);
  }

  sync(file: number): void {
    this.#find(file);
    this.#requestSync();
  }

  syncNames(): void {
    this.#checkOpen();
    this.#requestSync();
  }

  remove(file: number): void {
    this.#find(file);
    this.#files.delete(file);
    this.#changes.files.add(file);
    this.#changes.pages.delete(file);
  }

  settled(): Promise<void> {
    return this.#committed(false);
  }

  durable(): Promise<void> {
    return this.#committed(true);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.durable();
    } finally {
      this.#closed = true;
      this.#connection.close();
      this.#files.clear();
    }
  }

  #requestSync(): void {
    this.#syncWanted = true;
    this.#wake();
  }

  #committed(strict: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      if (this.#closed) return reject(new StrataError("CLOSED", "the storage is closed"));
      this.#waiters.push({ strict, resolve, reject });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#running || this.#failure) return;
    this.#running = true;
    // Not in this turn: what the engine does before it returns belongs into the same transaction.
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    while ((this.#waiters.length > 0 || this.#syncWanted) && !this.#failure) {
      const waiters = this.#waiters;
      const strict = this.#syncWanted || waiters.some((waiter) => waiter.strict);
      this.#waiters = [];
      this.#syncWanted = false;
      try {
        await this.#commit(strict);
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        this.#failure = toStrataError(error);
        for (const waiter of [...waiters, ...this.#waiters]) waiter.reject(this.#failure);
        this.#waiters = [];
      }
    }
    this.#running = false;
  }

  /** Brings IndexedDB to what memory holds now. */
  async #commit(strict: boolean): Promise<void> {
    await this.#writeAhead();
    if (this.#changes.empty && !(strict && this.#relaxedCommit)) return;
    let listed = this.#stored;
    await this.#write(strict ? "strict" : "relaxed", (transaction, taken) => {
      listed = new Set(this.#files.keys());
      taken.addAll(this.#changes);
      this.#changes = new Changes();
      const requests = this.#putPages(transaction, taken);
      const files = transaction.objectStore("files");
      const pages = transaction.objectStore("pages");
      for (const file of taken.files) {
        const bytes = this.#files.get(file);
        requests.push(bytes ? files.put(bytes.size, file) : files.delete(file));
        requests.push(pages.delete(pagesFrom(file, bytes?.pageCount ?? 0)));
      }
      return requests;
    });
    this.#stored = listed;
    this.#relaxedCommit = !strict;
  }

  /** While much has changed: writes pages of files that IndexedDB does not list, which is harmless at any time. */
  async #writeAhead(): Promise<void> {
    for (;;) {
      const ahead = new Changes();
      let bytes = 0;
      for (const [file, pages] of this.#changes.pages) {
        if (this.#stored.has(file)) continue;
        for (const page of pages) {
          if (bytes >= TRANSACTION_BYTES_MAX) break;
          ahead.addPage(file, page);
          bytes += PAGE_BYTES;
        }
      }
      if (bytes < TRANSACTION_BYTES_MAX) return;
      await this.#write("relaxed", (transaction, taken) => {
        for (const [file, pages] of ahead.pages) {
          for (const page of pages)
            if (this.#changes.pages.get(file)?.delete(page)) taken.addPage(file, page);
        }
        return this.#putPages(transaction, taken);
      });
    }
  }

  /** Runs one transaction. `put` moves into `taken` what it writes, which comes back if the transaction fails. */
  #write(
    durability: "strict" | "relaxed",
    put: (transaction: Transaction<Schema, "readwrite">, taken: Changes) => Promise<unknown>[],
  ): Promise<void> {
    return this.#connection.run(["meta", "files", "pages"], "readwrite", durability, async (transaction) => {
      const owner = await transaction.objectStore("meta").get("owner");
      if (owner !== this.#owner)
        throw new StrataError("FENCED", "another tab has opened this database since");
      // From here to the last put() without a pause, so that all of it is one moment's state.
      const taken = new Changes();
      try {
        await Promise.all([...put(transaction, taken), transaction.done]);
      } catch (error) {
        this.#changes.addAll(taken);
        throw error;
      }
    });
  }

  #putPages(transaction: Transaction<Schema, "readwrite">, changes: Changes): Promise<unknown>[] {
    const store = transaction.objectStore("pages");
    const requests: Promise<unknown>[] = [];
    for (const [file, pages] of changes.pages) {
      const bytes = this.#files.get(file);
      for (const page of pages) {
        if (bytes && page < bytes.pageCount) requests.push(store.put(bytes.page(page), [file, page]));
      }
    }
    return requests;
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

/** A page that is missing or short reads as zeros: the engine's checksums will find it. */
async function loadFile(
  connection: IndexedDbConnection<Schema>,
  file: number,
  size: number,
): Promise<PagedBytes> {
  const bytes = new PagedBytes();
  const pageCount = Math.ceil(size / PAGE_BYTES);
  for (let first = 0; first < pageCount; first += LOAD_PAGES) {
    const last = Math.min(first + LOAD_PAGES, pageCount) - 1;
    const pages = await connection.run(["pages"], "readonly", "relaxed", async (transaction) => {
      const store = transaction.objectStore("pages");
      return Promise.all(Array.from({ length: last - first + 1 }, (_, i) => store.get([file, first + i])));
    });
    pages.forEach((page, i) => {
      const at = (first + i) * PAGE_BYTES;
      const whole = new Uint8Array(Math.min(PAGE_BYTES, size - at));
      if (page) whole.set(page.subarray(0, whole.length));
      bytes.write(at, whole);
    });
  }
  return bytes;
}
