import { StrataError, throwIfAborted, toStrataError } from "../errors.js";
import type { CallOptions } from "./client.js";

/** The parts of an engine that compact. */
export interface Compactor {
  begin(): void;
  /** Works for about `micros`; answers the share that is done, 1 at the end. Throwing ends the compaction. */
  step(micros: number): number;
  /** Gives up what is not finished. */
  stop(): void;
}

interface Job {
  options: CallOptions;
  begun: boolean;
  resolve(): void;
  reject(error: StrataError): void;
}

/**
 * Compactions that were asked for, one after the other, in slices between which other requests are answered and
 * signals heard. Somebody else calls {@link slice} while one {@link due | is due}.
 */
export class Compactions {
  readonly #compactor: Compactor;
  readonly #jobs: Job[] = [];

  constructor(compactor: Compactor) {
    this.#compactor = compactor;
  }

  get due(): boolean {
    return this.#jobs.length > 0;
  }

  /** Resolves when a compaction that begins after this call is done; `ABORTED` if it was stopped. */
  add(options: CallOptions): Promise<void> {
    return new Promise((resolve, reject) => this.#jobs.push({ options, begun: false, resolve, reject }));
  }

  slice(micros: number): void {
    const job = this.#jobs[0];
    if (!job) return;
    try {
      throwIfAborted(job.options.signal);
      if (!job.begun) this.#compactor.begin();
      job.begun = true;
      const done = this.#compactor.step(micros);
      report(job.options, done);
      if (done < 1) return;
      this.#jobs.shift();
      job.resolve();
    } catch (error) {
      this.#jobs.shift();
      job.reject(toStrataError(error));
      if (job.begun) this.#compactor.stop();
    }
  }

  /** Compacts from the start when next there is time: what was done is lost. */
  beginAgain(): void {
    for (const job of this.#jobs) job.begun = false;
  }

  /** Rejects all with `error`: the engine is about to close. */
  close(error: StrataError): void {
    for (const job of this.#jobs.splice(0)) job.reject(error);
  }
}

function report({ onProgress }: CallOptions, done: number): void {
  try {
    onProgress?.(done);
  } catch (error) {
    throw new StrataError("ABORTED", "compaction was stopped: its onProgress threw", { cause: error });
  }
}
