import { StrataError, toStrataError } from "../errors.js";
import type { HostStorage } from "../storage/host_storage.js";
import { nextTurn } from "./next_turn.js";

/**
 * Decides when a write that the engine has applied is as durable as its caller was promised.
 *
 * Under strict durability all writes that wait in one turn of the event loop share one sync (group commit). A sync or a
 * delayed commit that fails ends writing until the database is opened again: a second try would prove nothing about
 * the bytes of the first.
 */
export class Acknowledger {
  readonly #storage: HostStorage;
  readonly #strict: boolean;
  readonly #syncLog: () => Promise<void>;
  #nextSync: Promise<void> | null = null;
  #failure: StrataError | null = null;

  constructor(storage: HostStorage, strict: boolean, syncLog: () => Promise<void>) {
    this.#storage = storage;
    this.#strict = strict;
    this.#syncLog = syncLog;
  }

  /** Throws `READ_ONLY` after a failure. Call before every write. */
  checkWritable(): void {
    if (this.#failure) {
      const message = `writing has ended until the database is opened again, because: ${this.#failure.message}`;
      throw new StrataError("READ_ONLY", message, { cause: this.#failure });
    }
  }

  /** Resolves when everything applied so far is as durable as promised. */
  async written(): Promise<void> {
    if (this.#strict) return this.#sharedSync();
    try {
      await this.#storage.settled();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Syncs the log and waits until that survives power loss. */
  async sync(): Promise<void> {
    try {
      await this.#syncLog();
      await this.#storage.durable();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Resolves when no write waits any more, however that ended. */
  async drain(): Promise<void> {
    await this.#nextSync?.catch(() => {});
  }

  #sharedSync(): Promise<void> {
    this.#nextSync ??= new Promise<void>((resolve) => nextTurn(resolve)).then(() => {
      this.#nextSync = null; // Writes from here on are not covered by this sync.
      return this.sync();
    });
    return this.#nextSync;
  }

  #fail(error: unknown): StrataError {
    this.#failure ??= toStrataError(error);
    return this.#failure;
  }
}
