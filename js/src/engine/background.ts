import { toStrataError, type StrataError } from "../errors.js";
import { nextTurn } from "./next_turn.js";

/** How long background work may keep a request waiting, about. The engine's steps are shorter than this. */
const SLICE_MICROS = 4000;
/** While work goes on, requests and background take turns of this length, so that neither starves the other. */
const REQUESTS_MILLIS = 8;
/** When to ask again after the engine put work off: until an import is over, or after a failure. */
const PAUSE_MILLIS = 100;
const PAUSE_AFTER_FAILURE_MILLIS = 1000;
/** Each failure soon after another doubles the pause, up to this: work may need more memory than there is. */
const PAUSE_AFTER_FAILURES_MILLIS = 64_000;
/** How many pauses must go by for a failure not to be soon after another. */
const CALM_PAUSES = 4;

/** The parts of an engine that do background work. */
export interface BackgroundWorker {
  /** Whether work is due, now or later. */
  hasBackgroundWork(): boolean;
  /** Works for about `micros`; answers whether there is more to do at once. */
  runBackground(micros: number): boolean;
}

/**
 * Runs flushing, merging and index building in short slices between requests.
 *
 * Promises of the engine settle in microtasks, so a caller who awaits one request after another never lets the event
 * loop turn, and neither slices nor timers would ever run; {@link takeTurns} then makes a request wait for one slice,
 * at most every few milliseconds.
 */
export class Background {
  readonly #worker: BackgroundWorker;
  #state: "idle" | "running" | "paused" | "stopped" = "idle";
  /** When requests began to have the thread to themselves; while paused, when the pause ends. */
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseAfterFailure = PAUSE_AFTER_FAILURE_MILLIS;
  #lastFailure = -Infinity;
  /** Why the last slice failed; it is tried again after a pause. */
  lastError: StrataError | null = null;

  constructor(worker: BackgroundWorker) {
    this.#worker = worker;
  }

  /** Call after every write: starts slices if work is due and none are under way. */
  wake(): void {
    if (this.#state === "idle" && this.#worker.hasBackgroundWork()) this.#run();
  }

  /** Starts slices now, also in a pause. */
  start(): void {
    if (this.#state === "idle" || this.#state === "paused") this.#run();
  }

  /** Resolves when a request may be answered: at once (undefined), or after a slice that is overdue. */
  takeTurns(): Promise<void> | undefined {
    if (this.#state !== "running" && this.#state !== "paused") return undefined;
    const now = performance.now();
    if (this.#state === "paused") {
      if (now < this.#since) return undefined;
      this.#run();
    } else if (now - this.#since < REQUESTS_MILLIS) {
      return undefined;
    }
    return new Promise((resolve) => nextTurn(resolve)); // The slice waits in the same queue, before this.
  }

  stop(): void {
    this.#state = "stopped";
    clearTimeout(this.#timer);
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#state = "running";
    this.#since = performance.now();
    nextTurn(this.#slice);
  }

  readonly #slice = (): void => {
    if (this.#state !== "running") return;
    try {
      const more = this.#worker.runBackground(SLICE_MICROS);
      this.lastError = null;
      if (more) this.#run();
      else if (this.#worker.hasBackgroundWork()) this.#pause(PAUSE_MILLIS);
      else this.#state = "idle";
    } catch (error) {
      this.lastError = toStrataError(error);
      const soon = performance.now() - this.#lastFailure < CALM_PAUSES * this.#pauseAfterFailure;
      this.#lastFailure = performance.now();
      this.#pauseAfterFailure = soon
        ? Math.min(2 * this.#pauseAfterFailure, PAUSE_AFTER_FAILURES_MILLIS)
        : PAUSE_AFTER_FAILURE_MILLIS;
      this.#pause(this.#pauseAfterFailure);
    }
  };

  #pause(millis: number): void {
    this.#state = "paused";
    this.#since = performance.now() + millis;
    this.#timer = setTimeout(() => this.#run(), millis);
    // In Node: what can wait keeps no process alive.
    (this.#timer as { unref?: () => void }).unref?.();
  }
}
