import { StrataError } from "../errors.js";
import type { StorageDescription } from "../storage/host_storage.js";
import { ChannelPort } from "./channel_port.js";
import {
  clientChannel, clientLock, commonChannel, isWelcome, parseTabMessage,
  type FromWorker, type OpenRequest, type TabMessage, type ToWorker,
} from "./messages.js"; // prettier-ignore
import { randomId } from "./random_id.js";
import { TabClient } from "./tab_client.js";

/** How long an owner may take to answer before it is looked for again. */
const ANSWER_MILLIS = 1000;

/**
 * This tab's part in one database: a worker that stands for election, and a connection to whichever tab's worker was
 * elected. The page gives its place up when it is left, frozen or put into the back/forward cache, and takes part
 * again when it comes back.
 */
export class Tab {
  readonly client = new TabClient();
  readonly #request: OpenRequest;
  readonly #worker: Worker;
  /** Null for a database in memory: that is this tab's own, whoever has one of the same name. */
  readonly #channel: BroadcastChannel | null;
  /** The term of the owner we are connected to or connecting to. */
  #term: string | null = null;
  #ownPort: MessagePort | null = null;
  /** Ends the connection to another tab, or the attempt at one. */
  #endRemote: (() => void) | null = null;
  #searching: ReturnType<typeof setInterval> | undefined;
  #joined = false;
  /** Whether our worker owns the database or waits for its turn to. */
  #standing = false;
  /** How often it has begun to. */
  #turn = 0;
  #closed = false;
  #workerFailed = false;
  #onLeft: ((error?: StrataError) => void) | null = null;

  /** `makeWorker` stands where bundlers see the worker's URL. */
  constructor(request: OpenRequest, makeWorker: () => Worker) {
    this.#request = request;
    this.#channel = request.storage === "memory" ? null : new BroadcastChannel(commonChannel(request.name));
    this.#channel?.addEventListener("message", ({ data }) => this.#onTabMessage(parseTabMessage(data)));
    this.#worker = makeWorker();
    this.#worker.addEventListener("message", ({ data }) => this.#onWorkerMessage(data as FromWorker));
    this.#worker.addEventListener("error", (event) => {
      const reason = event.message || "its script cannot be loaded";
      this.client.fail(new StrataError("INTERNAL", `the database's worker failed: ${reason}`));
      this.#workerFailed = true;
      this.#onLeft?.();
    });
    this.#toWorker({ kind: "start", request });
    this.#join();
    globalThis.addEventListener("pagehide", this.#leave);
    globalThis.addEventListener("pageshow", this.#join);
    document.addEventListener("freeze", this.#leave);
    document.addEventListener("resume", this.#join);
  }

  /**
   * Remembers where the database was found to be. `FAILED_PRECONDITION` if that is not where it was asked for: another
   * tab came first, and asked for another place.
   */
  settle(storage: StorageDescription["kind"]): void {
    const wanted = this.#request.storage;
    if (wanted === storage) return;
    if (wanted !== "auto") {
      const message = `another tab has this database open in '${storage}', so not in '${wanted}'`;
      throw new StrataError("FAILED_PRECONDITION", message);
    }
    // What was found in memory ends with its tab; the next owner looks for something better.
    if (storage !== "memory") this.#toWorker({ kind: "settle", storage });
  }

  /** Waits for calls under way, then leaves the database to other tabs. Rejects if our worker could not close it well. */
  async close(): Promise<void> {
    if (this.#closed) return;
    await this.client.drained();
    const left = new Promise<StrataError | undefined>((resolve) => (this.#onLeft = resolve));
    this.#end();
    const failure = this.#workerFailed ? undefined : await left;
    this.#worker.terminate();
    if (failure) throw failure;
  }

  /** Leaves at once, without waiting for anything. */
  abandon(): void {
    this.#end();
    this.#worker.terminate();
  }

  #end(): void {
    this.#closed = true;
    globalThis.removeEventListener("pagehide", this.#leave);
    globalThis.removeEventListener("pageshow", this.#join);
    document.removeEventListener("freeze", this.#leave);
    document.removeEventListener("resume", this.#join);
    this.#leave();
    this.#channel?.close();
    this.client.fail(new StrataError("CLOSED", "the database is closed"));
  }

  readonly #join = (): void => {
    if (this.#joined || this.#closed) return;
    this.#joined = true;
    this.#stand();
    this.#search();
    this.#searching = setInterval(() => this.#search(), ANSWER_MILLIS);
  };

  #stand(): void {
    this.#standing = true;
    this.#toWorker({ kind: "join", turn: ++this.#turn });
  }

  readonly #leave = (): void => {
    if (!this.#joined && !this.#closed) return;
    this.#joined = false;
    clearInterval(this.#searching);
    this.client.disconnect();
    this.#endRemote?.();
    const leave: ToWorker = { kind: "leave" };
    if (this.#ownPort) this.#ownPort.postMessage(leave);
    else this.#toWorker(leave);
    this.#ownPort = null;
    this.#term = null;
  };

  /** Asks for the owner unless one is known. Other pages may be deaf at any moment, so it is asked again and again. */
  #search(): void {
    if (this.#term === null) this.#toTabs({ kind: "who" });
  }

  #onWorkerMessage(message: FromWorker): void {
    if (message.turn !== this.#turn) return;
    switch (message.kind) {
      case "leading":
        if (!this.#joined) return; // We left while it was being elected; it will hear of that.
        this.#endRemote?.();
        this.#term = message.term;
        this.#ownPort = message.port;
        this.client.connect(message.term, message.port, true);
        return;
      case "failed":
        this.#standing = false;
        if (this.#ownPort) this.#term = this.#ownPort = null; // It was opening the database anew.
        this.client.fail(new StrataError(message.code, message.message));
        return;
      case "left": {
        const { failure } = message;
        this.#onLeft?.(failure && new StrataError(failure.code, failure.message));
      }
    }
  }

  #onTabMessage(message: TabMessage | null): void {
    if (message?.kind !== "leader" || !this.#joined || this.#ownPort || message.term === this.#term) return;
    this.#endRemote?.();
    this.client.disconnect();
    this.#connect(message.term);
    // Our worker failed to open the database. Another could, so it may try again when that one's time is over.
    if (!this.#standing) this.#stand();
  }

  /** Connects to the owner in another tab. */
  #connect(term: string): void {
    this.#term = term;
    const { name, options } = this.#request;
    const client = randomId();
    const port = new ChannelPort(clientChannel(name, term, client));
    const ended = new AbortController();
    const giveUp = setTimeout(() => {
      this.#endRemote?.();
      this.#search();
    }, ANSWER_MILLIS);

    this.#endRemote = () => {
      this.#endRemote = null;
      this.#term = null;
      clearTimeout(giveUp);
      ended.abort();
      port.close();
    };
    port.addEventListener("message", ({ data }) => {
      if (!isWelcome(data)) return;
      clearTimeout(giveUp);
      this.client.connect(term, port, false);
    });
    // The owner waits for this lock to learn of our end, so it must be held before we speak.
    const held = async (): Promise<void> => {
      if (ended.signal.aborted) return;
      this.#toTabs({ kind: "connect", term, client, strict: options.strict });
      await new Promise<void>((resolve) => ended.signal.addEventListener("abort", () => resolve()));
    };
    const lock = navigator.locks.request(clientLock(name, client), { signal: ended.signal }, held);
    lock.catch(() => {}); // We ended before it was granted.
  }

  #toWorker(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #toTabs(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }
}
