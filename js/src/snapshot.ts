import { toStrataError } from "./errors.js";
import type { EngineClient } from "./engine/client.js";
import { Reader } from "./reader.js";

/**
 * A collection as it was at one moment: reads like those of {@link Collection}, which no later write changes. Cheap to
 * make. It keeps the files it sees, so declare it with `await using`, or call {@link close}. It ends with its
 * database, and in a browser also when another tab takes the database over (`CLOSED`).
 */
export class Snapshot extends Reader implements AsyncDisposable {
  readonly #client: EngineClient;
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
    super(client, collection, dimension, view);
    this.#client = client;
    this.#view = view;
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
