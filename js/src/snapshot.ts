import { toStrataError } from "./errors.js";
import type { EngineClient } from "./engine/client.js";
import type { Filter } from "./filter.js";
import type { RecordId } from "./ids.js";
import type { GetOptions, ScanOptions, SearchOptions } from "./options.js";
import { Reader } from "./reader.js";
import type { Explanation, Hit, SearchManyResult, StoredRecord } from "./records.js";
import type { VectorInput } from "./vectors.js";

/**
 * A collection as it was at one moment: reads like those of {@link Collection}, which no later write changes. Cheap to
 * make. It keeps the files it sees, so declare it with `await using`, or call {@link close}. It ends with its
 * database, and in a browser also when another tab takes the database over (`CLOSED`).
 */
export class Snapshot implements AsyncDisposable {
  readonly #client: EngineClient;
  readonly #reader: Reader;
  readonly #view: number;
  #closed = false;

  /** @internal Use `collection.snapshot()`. */
  constructor(
    client: EngineClient,
    collection: string,
    dimension: number,
    view: number,
    /** Number of the last batch it sees. */
    readonly sequence: number,
  ) {
    this.#client = client;
    this.#view = view;
    this.#reader = new Reader(client, collection, dimension, view);
  }

  get(id: RecordId, options?: GetOptions): Promise<StoredRecord | undefined> {
    return this.#reader.get(id, options);
  }

  getMany(ids: readonly RecordId[], options?: GetOptions): Promise<(StoredRecord | undefined)[]> {
    return this.#reader.getMany(ids, options);
  }

  has(id: RecordId): Promise<boolean> {
    return this.#reader.has(id);
  }

  count(filter?: Filter | string): Promise<number> {
    return this.#reader.count(filter);
  }

  scan(options?: ScanOptions): AsyncGenerator<StoredRecord, void, undefined> {
    return this.#reader.scan(options);
  }

  search(query: VectorInput, options?: SearchOptions): Promise<Hit[]> {
    return this.#reader.search(query, options);
  }

  searchMany(queries: VectorInput, options?: SearchOptions): Promise<SearchManyResult> {
    return this.#reader.searchMany(queries, options);
  }

  explain(query: VectorInput, options?: SearchOptions): Promise<Explanation> {
    return this.#reader.explain(query, options);
  }

  /** Gives the view back; later reads are `CLOSED`. Closing twice is fine. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.call("viewClose", { view: this.#view }).catch((error: unknown) => {
      if (toStrataError(error).code !== "CLOSED") throw error; // It has ended with its database.
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
