import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPObjectStore,
  type IDBPTransaction,
  type StoreNames,
} from "idb";
import { StrataError } from "../errors.js";

/** Waits before another try after a lost connection, in milliseconds. */
const RETRY_MILLIS = [20, 100, 400, 1000, 2000] as const;

export type Transaction<Schema extends DBSchema, Mode extends IDBTransactionMode> = IDBPTransaction<
  Schema,
  StoreNames<Schema>[],
  Mode
>;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error));

/**
 * A connection to one IndexedDB database that outlives its own loss. Browsers cut connections of background tabs and
 * after errors of the disk; what helps is a new connection, not a new transaction (WebKit bugs 197050 and 277615).
 *
 * Work is therefore given as a function that may run again from the start, on another connection, also when the first
 * run had committed and only its success was lost: it must be idempotent.
 */
export class IndexedDbConnection<Schema extends DBSchema> {
  readonly #name: string;
  readonly #createStores: (db: IDBPDatabase<Schema>) => void;
  #db: IDBPDatabase<Schema> | null = null;
  #closed = false;
  #created = false;

  /** Connects at the first {@link run}. `createStores` runs if there is no database `name` yet. */
  constructor(name: string, createStores: (db: IDBPDatabase<Schema>) => void) {
    this.#name = name;
    this.#createStores = createStores;
  }

  /**
   * Runs `work` in one transaction over `stores` and resolves when that is complete; with `strict`, when it survives
   * power loss. A `StrataError` thrown by `work` aborts the transaction and is passed on.
   *
   * @throws {@link StrataError} `NO_SPACE` when the quota is used up; `IO_ERROR` when new connections fail as well.
   */
  async run<Mode extends IDBTransactionMode, T>(
    stores: StoreNames<Schema>[],
    mode: Mode,
    durability: "strict" | "relaxed",
    work: (transaction: Transaction<Schema, Mode>) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const transaction = (await this.#connect()).transaction(stores, mode, { durability });
        return await complete(transaction, work);
      } catch (error) {
        if (error instanceof StrataError) throw error;
        const message = `IndexedDB ${this.#name}: ${String(error)}`;
        if (nameOf(error) === "QuotaExceededError")
          throw new StrataError("NO_SPACE", message, { cause: error });
        const wait = RETRY_MILLIS[attempt];
        if (wait === undefined) throw new StrataError("IO_ERROR", message, { cause: error });
        this.#disconnect();
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  /** Whether there was no database of this name. */
  get created(): boolean {
    return this.#created;
  }

  close(): void {
    this.#closed = true;
    this.#disconnect();
  }

  async #connect(): Promise<IDBPDatabase<Schema>> {
    if (this.#closed) throw new StrataError("CLOSED", `IndexedDB ${this.#name} is closed`);
    if (this.#db) return this.#db;
    const db = await openDB<Schema>(this.#name, 1, {
      upgrade: (created) => {
        this.#created = true;
        this.#createStores(created);
      },
      blocking: () => this.#disconnect(), // Someone deletes the database: let them.
      terminated: () => (this.#db = null),
    });
    this.#db = db;
    return db;
  }

  #disconnect(): void {
    this.#db?.close();
    this.#db = null;
  }
}

async function complete<Schema extends DBSchema, Mode extends IDBTransactionMode, T>(
  transaction: Transaction<Schema, Mode>,
  work: (transaction: Transaction<Schema, Mode>) => Promise<T>,
): Promise<T> {
  const { done } = transaction;
  done.catch(() => {}); // Awaited below; without this a failing `work` would leave it unhandled.
  try {
    const result = await work(transaction);
    await done;
    return result;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already; then its own error says why.
    }
    throw error instanceof StrataError ? error : (transaction.error ?? error);
  }
}

/** Deletes what `store` has under keys [file, ...] of files that are not in `listed`. */
export async function deleteUnlisted<Schema extends DBSchema, Name extends StoreNames<Schema>>(
  store: IDBPObjectStore<Schema, StoreNames<Schema>[], Name, "readwrite">,
  listed: ReadonlyMap<number, unknown>,
): Promise<void> {
  let cursor = await store.openKeyCursor();
  while (cursor) {
    const [file] = cursor.key as [number, number];
    if (!listed.has(file)) await store.delete(IDBKeyRange.bound([file, 0], [file, Infinity]));
    cursor = await cursor.continue([file + 1, 0] as never);
  }
}
