import { StrataError } from "./errors.js";
import { Collection } from "./collection.js";
import type { EngineClient } from "./engine/client.js";
import type { Opened } from "./engine/methods.js";
import { isWellFormed } from "./ids.js";
import { describe, optionsObject, type CollectionConfig, type WorkOptions } from "./options.js";
import { packOptions, unpackOptions } from "./pack_options.js";
import type { Damage, DatabaseStats, RecoveryReport } from "./reports.js";
import type { StorageDescription } from "./storage/host_storage.js";
import type * as transfer from "./transfer.js";
import { decodeReply } from "./wire/reply.js";

/** UTF-8 bytes of a collection's name. */
const NAME_BYTES_MAX = 255;

function checkName(name: unknown): asserts name is string {
  const fits = typeof name === "string" && name !== "" && isWellFormed(name);
  if (!fits || new TextEncoder().encode(name).length > NAME_BYTES_MAX) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `a collection's name must be a string of 1 to ${NAME_BYTES_MAX} bytes, found ${describe(name)}`,
    );
  }
}

/** The code of export() and import(), which most pages never run. If it cannot be had, `giveUp` ends their stream. */
async function loadTransfer(giveUp: (error: StrataError) => Promise<void>): Promise<typeof transfer> {
  try {
    return await import("./transfer.js");
  } catch (cause) {
    const error = new StrataError("IO_ERROR", `cannot load the code for this call: ${String(cause)}`, {
      cause,
    });
    await giveUp(error).catch(() => {}); // The first failure is the one to tell.
    throw error;
  }
}

/**
 * A database: collections of records in one place. Holds files, a lock and memory outside the garbage collector: declare
 * it with `await using`, or call {@link close}.
 *
 * @example
 * await using db = await open("library");
 * const books = await db.collection("books", { dimension: 384 });
 */
export class Database implements AsyncDisposable {
  readonly #client: EngineClient;
  readonly #opened: Opened;
  #closing: Promise<void> | null = null;

  /** @internal Use `open()`. */
  constructor(client: EngineClient, opened: Opened) {
    this.#client = client;
    this.#opened = opened;
  }

  /** What opening found and did. */
  get recovery(): RecoveryReport {
    return this.#opened.recovery;
  }

  /** Where the data lives and what that place can promise. */
  get storage(): StorageDescription {
    return this.#opened.storage;
  }

  /**
   * Opens a collection, making it if there is none. Without `config` it must exist (`NOT_FOUND`).
   *
   * @throws {@link StrataError} `FAILED_PRECONDITION` if it exists with other options; `INVALID_ARGUMENT`.
   */
  async collection(name: string, config?: CollectionConfig): Promise<Collection> {
    checkName(name);
    const args = config === undefined ? { name } : { name, options: packOptions(config) };
    return new Collection(this.#client, name, unpackOptions(await this.#client.call("openCollection", args)));
  }

  /** The names of all collections, in order. */
  async collections(): Promise<string[]> {
    return this.#client.call("collections", {});
  }

  /** Removes a collection and all its records. `NOT_FOUND`. Collection objects of it stop working. */
  async drop(name: string): Promise<void> {
    checkName(name);
    await this.#client.call("drop", { name });
  }

  /** Makes everything written so far survive power loss, and moves it from the log into segments. */
  async flush(): Promise<void> {
    await this.#client.call("flush", {});
  }

  /**
   * Merges each collection into one segment without deleted rows and builds its index: the smallest and fastest form.
   * Happens by itself, in steps, as far as it pays; this does all of it now. Other calls are answered meanwhile; what
   * they write may be left for the next time. Closing the database ends it with `CLOSED`.
   */
  async compact(options?: WorkOptions): Promise<void> {
    await this.#client.call("compact", {}, optionsObject("compact()", options, ["signal", "onProgress"]));
  }

  /** Reads every byte of every file and checks it. An empty list: all is well. */
  async verify(options?: WorkOptions): Promise<Damage[]> {
    const call = optionsObject("verify()", options, ["signal", "onProgress"]);
    return decodeReply(await this.#client.call("verify", {}, call)).json as Damage[];
  }

  async stats(): Promise<DatabaseStats> {
    return decodeReply(await this.#client.call("stats", {})).json as DatabaseStats;
  }

  /**
   * Writes all collections and records to `writable`, in the form of docs/formats/export.md, each collection as it is
   * when its turn comes. Closes `writable` at the end, or aborts it.
   */
  async export(writable: WritableStream<Uint8Array>, options?: WorkOptions): Promise<void> {
    const given = optionsObject("export()", options, ["signal", "onProgress"]);
    const { exportDatabase } = await loadTransfer((error) => writable.abort(error));
    await exportDatabase(this, writable, given);
  }

  /**
   * Reads what {@link export} wrote and stores it, batch by batch, replacing records of the same ids. Collections that
   * are missing are made.
   *
   * @throws {@link StrataError} `CORRUPTION` for a stream that is damaged or cut; what came before the damage is stored.
   */
  async import(readable: ReadableStream<Uint8Array>, options?: WorkOptions): Promise<transfer.ImportSummary> {
    const given = optionsObject("import()", options, ["signal", "onProgress"]);
    const { importDatabase } = await loadTransfer((error) => readable.cancel(error));
    return importDatabase(this, readable, given);
  }

  /** Makes everything durable and gives all files and memory back. Later calls are `CLOSED`; closing twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#client.call("close", {}).then(() => undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
