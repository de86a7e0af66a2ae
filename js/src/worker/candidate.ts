import { ownerLock, type FromWorker, type OpenRequest } from "../browser/messages.js";
import { randomId } from "../browser/random_id.js";
import { toStrataError, type StrataError } from "../errors.js";
import type { EngineClient } from "../engine/client.js";
import { Engine } from "../engine/engine.js";
import { serveRpc } from "../engine/rpc.js";
import { loadWasm, type EngineWasm } from "../loader.js";
import { resolveUrl } from "../wasm_source.js";
import { Followers } from "./followers.js";
import { Gate } from "./gate.js";
import { openStorage } from "./open_storage.js";

type Post = (message: FromWorker, transfer: Transferable[]) => void;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

/**
 * One tab's worker in the election of the database's owner. A Web Lock decides: the browser frees it when its holder
 * closes, crashes or is ended, and the next in the queue gets it, opens the database and makes itself known.
 *
 * Three things keep a deposed owner from writing: it has lost the lock, OPFS handles are exclusive (and IndexedDB
 * storage checks its owner in each transaction), and the engine's superblock carries a higher epoch.
 */
export class Candidate {
  #request: OpenRequest;
  readonly #post: Post;
  readonly #wasm: Promise<EngineWasm>;
  #turn = 0;
  #standing = new AbortController();
  /** When the last turn is over: how closing the database failed, if it did. */
  #ended: Promise<StrataError | undefined> = Promise.resolve(undefined);

  constructor(request: OpenRequest, post: Post) {
    this.#request = request;
    this.#post = post;
    // Fetched and compiled now, so that a takeover is quick and needs no network.
    this.#wasm = loadWasm(request.wasm, { resolve: (source) => resolveUrl(source) });
    this.#wasm.catch(() => {}); // Told when it is our turn.
  }

  /** Where the database is, if it was not said at the start. */
  settle(storage: OpenRequest["storage"]): void {
    this.#request = { ...this.#request, storage };
  }

  /** Queues for the ownership. */
  join(turn: number): void {
    const standing = new AbortController();
    this.#turn = turn;
    this.#standing = standing;
    this.#ended = this.#ended.then(() => this.#stand(turn, standing.signal));
  }

  /** Gives up the ownership or the place in the queue, and then says `left`. */
  leave(): void {
    const turn = this.#turn;
    this.#standing.abort();
    void this.#ended.then((error) => {
      const failure = error && { code: error.code, message: error.message };
      this.#post({ kind: "left", turn, ...(failure ? { failure } : {}) }, []);
    });
  }

  async #stand(turn: number, signal: AbortSignal): Promise<StrataError | undefined> {
    try {
      const { name, storage } = this.#request;
      if (storage === "memory" || !(await hasLocks())) return await this.#own(turn, signal);
      return await navigator.locks.request(ownerLock(name), { signal }, () => this.#own(turn, signal));
    } catch (error) {
      if (signal.aborted) return undefined;
      const { code, message } = toStrataError(error);
      this.#post({ kind: "failed", turn, code, message }, []);
      return undefined;
    }
  }

  /**
   * Opens and serves the database until `signal`; anew with strict durability once a tab asks for that. Answers with what
   * made the last closing fail.
   */
  async #own(turn: number, signal: AbortSignal): Promise<StrataError | undefined> {
    let strict = this.#request.options.strict;
    let succeed = (_next: EngineClient): void => {};
    while (!signal.aborted) {
      const engine = await this.#open(strict);
      const gate = new Gate(engine);
      succeed(gate);
      const term = this.#beginTerm(turn, gate, strict);
      strict = (await Promise.race([term.strictWanted, aborted(signal)])) ?? strict;
      await gate.close(new Promise((resolve) => (succeed = resolve)));
      term.followers?.stop();
      const failure = await engine.call("close", {}).then(() => undefined, toStrataError);
      if (signal.aborted) return failure;
      if (failure) throw failure;
    }
    return undefined;
  }

  async #open(strict: boolean): Promise<Engine> {
    const wasm = await this.#wasm;
    // Who may only read is refused by its own tab: the engine serves others, too.
    const options = { ...this.#request.options, strict, readOnly: false };
    return Engine.open(wasm, await openStorage(this.#request), options);
  }

  /** Makes the owner known to this tab and the others. `strictWanted` resolves when one asks for strict durability. */
  #beginTerm(
    turn: number,
    gate: Gate,
    strict: boolean,
  ): { followers: Followers | null; strictWanted: Promise<true> } {
    const term = randomId();
    const { port1, port2 } = new MessageChannel();
    serveRpc(port1, gate);
    port1.addEventListener("message", ({ data }) => {
      if ((data as { kind?: unknown } | null)?.kind === "leave") this.leave();
    });
    this.#post({ kind: "leading", turn, term, port: port2 }, [port2]);
    const { name, storage } = this.#request;
    let followers: Followers | null = null;
    const strictWanted = new Promise<true>((resolve) => {
      if (storage !== "memory")
        followers = new Followers(name, term, gate, strict ? null : () => resolve(true));
    });
    return { followers, strictWanted };
  }
}

async function hasLocks(): Promise<boolean> {
  try {
    await navigator.locks.query();
    return true;
  } catch {
    return false;
  }
}
