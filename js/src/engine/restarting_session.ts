import { toStrataError } from "../errors.js";
import type { EngineWasm } from "../loader.js";
import type { EngineOptions } from "../options.js";
import type { RecoveryReport } from "../reports.js";
import type { HostStorage } from "../storage/host_storage.js";
import { makeHostFunctions } from "./host_functions.js";
import { Instance } from "./instance.js";
import type { Session } from "./session.js";

/** Handles of one instance; those of the next begin after them, so that no old one is taken for a new one. */
const HANDLES_PER_INSTANCE = 2 ** 20;
const INSTANCES_MAX = 2 ** 12;

/**
 * A database's session in a WebAssembly instance, and in another one when that has broken: after a trap, or when memory
 * was used up. The other opens what is on storage, as after a crash, so what had been applied is there, and what was
 * being applied is there wholly or not at all. Read views and cursors of the broken one are closed.
 *
 * Also moves, once, from the small module to the suite, when something is wanted that only the suite has.
 */
export class RestartingSession {
  /** Asked how far long work may go on, by whichever call runs. */
  readonly progress = { report: (_done: number): boolean => true };
  #wasm: EngineWasm;
  readonly #storage: HostStorage;
  readonly #options: EngineOptions;
  readonly #onRestart: () => void;
  #instance: Instance<Session> | null = null;
  #instances = 0;
  #starting: Promise<void> | null = null;

  /** Call {@link start} next. `onRestart` is told when all handles have become invalid. */
  constructor(wasm: EngineWasm, storage: HostStorage, options: EngineOptions, onRestart: () => void) {
    this.#wasm = wasm;
    this.#storage = storage;
    this.#options = options;
    this.#onRestart = onRestart;
  }

  get instance(): Instance<Session> {
    return this.#instance!;
  }

  /** Whether calls can be made. */
  get usable(): boolean {
    return !this.#starting && this.#instance?.broken === false;
  }

  /**
   * Opens the database in an instance of its own, one of the suite if it has a collection that needs that. Errors:
   * those of opening.
   */
  async start(): Promise<RecoveryReport> {
    try {
      return await this.#open();
    } catch (error) {
      const { suite } = this.#wasm;
      if (!suite || toStrataError(error).code !== "UNSUPPORTED") throw error;
      this.#wasm = { module: await suite() };
      return this.#open();
    }
  }

  async #open(): Promise<RecoveryReport> {
    const { strict, readOnly, create, refuseDamaged, memoryBudget } = this.#options;
    // Before there is another: memory may be scarce.
    this.#instance = null;
    const firstHandle = 1 + (this.#instances++ % INSTANCES_MAX) * HANDLES_PER_INSTANCE;
    const instance = await Instance.create<Session>(this.#wasm.module, (memory) =>
      makeHostFunctions({
        storage: this.#storage,
        memory,
        progress: (done) => this.progress.report(done),
      }),
    );
    instance.run((session) =>
      session.open(strict, readOnly, create, refuseDamaged, memoryBudget, firstHandle),
    );
    const recovery = instance.replyJson<RecoveryReport>();
    this.#instance = instance;
    await this.#storage.durable(); // What opening wrote (the new epoch) must not be lost.
    return recovery;
  }

  /** Null if calls can be made; otherwise resolves when they can. Rejects if opening fails; the next call tries again. */
  restarted(): Promise<void> | null {
    if (this.usable) return null;
    if (!this.#starting) {
      this.#onRestart();
      const starting = this.start().then(() => {});
      const ended = (): void => void (this.#starting = null);
      this.#starting = starting;
      // The first to hear of it, so that calls that have waited go before calls that come now.
      starting.then(ended, ended);
    }
    return this.#starting;
  }

  /**
   * Goes on in an instance of the suite, as after a break; null if there is no suite, or we are there already. If it
   * cannot be had, the promise rejects and everything stays as it was. Calls that come meanwhile wait, and go after
   * whoever waits for this promise.
   */
  moveToSuite(): Promise<void> | null {
    const { suite } = this.#wasm;
    if (!suite) return null;
    const moving = suite()
      .then(async (module) => {
        this.#wasm = { module };
        this.#onRestart();
        await this.start();
      })
      .finally(() => void (this.#starting = null));
    this.#starting = moving.catch(() => {});
    return moving;
  }
}
