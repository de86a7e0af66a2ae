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
 */
export class RestartingSession {
  /** Asked how far long work may go on, by whichever call runs. */
  readonly progress = { report: (_done: number): boolean => true };
  readonly #wasm: WebAssembly.Module;
  readonly #storage: HostStorage;
  readonly #options: EngineOptions;
  readonly #onRestart: () => void;
  #instance: Instance<Session> | null = null;
  #instances = 0;
  #starting: Promise<void> | null = null;

  /** Call {@link start} next. `onRestart` is told when all handles have become invalid. */
  constructor(wasm: WebAssembly.Module, storage: HostStorage, options: EngineOptions, onRestart: () => void) {
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

  /** Opens the database in an instance of its own. Errors: those of opening. */
  async start(): Promise<RecoveryReport> {
    const { strict, readOnly, create, refuseDamaged, memoryBudget } = this.#options;
    // Before there is another: memory may be scarce.
    this.#instance = null;
    const firstHandle = 1 + (this.#instances++ % INSTANCES_MAX) * HANDLES_PER_INSTANCE;
    const instance = await Instance.create<Session>(this.#wasm, (memory) =>
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
}
