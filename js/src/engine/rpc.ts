import { ERROR_CODES, StrataError, throwIfAborted, toStrataError, type ErrorCode } from "../errors.js";
import type { CallOptions, EngineClient } from "./client.js";
import type { EngineMethods, MethodName } from "./methods.js";
import { Outbox } from "./outbox.js";
import { withCopies, withOwnBuffers } from "./own_buffers.js";

/**
 * The messages between a client and an engine in another thread or tab. Structured clone keeps an Error's message but
 * not its class or `code`, so failures travel as data. Several may travel as an array.
 */
export type RpcMessage =
  | { id: number; method: MethodName; args: unknown; progress: boolean }
  | { id: number; abort: true }
  | { id: number; done: number }
  | { id: number; code: "OK"; result: unknown }
  | { id: number; code: ErrorCode; message: string };

/** What both ends speak through: a `MessagePort` of a browser or of Node. */
export interface RpcPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  start?(): void;
  close?(): void;
  /** Node only: whether the port keeps the process running. */
  ref?(): void;
  unref?(): void;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** `data` as a message, or null for anything that is not one. Foreign messages are ignored, never trusted. */
export function parseRpcMessage(data: unknown): RpcMessage | null {
  if (!isObject(data) || !Number.isSafeInteger(data.id)) return null;
  const known =
    (typeof data.method === "string" && isObject(data.args) && typeof data.progress === "boolean") ||
    data.abort === true ||
    typeof data.done === "number" ||
    (data.code === "OK" && "result" in data) ||
    (ERROR_CODES.includes(data.code as ErrorCode) && typeof data.message === "string");
  return known ? (data as RpcMessage) : null;
}

/** All messages in what has arrived. */
const parseRpcMessages = (data: unknown): RpcMessage[] =>
  (Array.isArray(data) ? data : [data]).flatMap((part) => parseRpcMessage(part) ?? []);

/** Calls of these are often made many at once. They answer soon, and what they are given is small. */
const GATHERED_METHODS: ReadonlySet<MethodName> = new Set(["search", "get"]);

interface Pending {
  resolve(result: unknown): void;
  reject(error: StrataError): void;
  onProgress: ((done: number) => void) | undefined;
  /** Stops listening to the caller's signal. */
  forget(): void;
}

/** An {@link EngineClient} whose engine is at the other end of a port, served there by {@link serveRpc}. */
export class RpcClient implements EngineClient {
  readonly #port: RpcPort;
  readonly #outbox: Outbox;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #disconnected: StrataError | null = null;

  constructor(port: RpcPort) {
    this.#port = port;
    this.#outbox = new Outbox(port, (messages, error) => {
      const { code, message } = toStrataError(error);
      for (const { id } of messages) this.#take({ id, code, message });
    });
    port.addEventListener("message", this.#onMessage);
    port.start?.();
    port.unref?.();
  }

  call<M extends MethodName>(
    method: M,
    args: EngineMethods[M]["args"],
    { signal, onProgress, transfer }: CallOptions = {},
  ): Promise<EngineMethods[M]["result"]> {
    return new Promise((resolve, reject) => {
      if (this.#disconnected) return reject(this.#disconnected);
      throwIfAborted(signal); // Which rejects.
      const id = this.#nextId++;
      const abort = () => this.#outbox.post({ id, abort: true });
      try {
        const progress = onProgress !== undefined;
        if (GATHERED_METHODS.has(method)) {
          this.#outbox.postSoon({ id, method, args: withCopies(args), progress });
        } else {
          this.#outbox.post({ id, method, args: withOwnBuffers(args), progress }, transfer);
        }
      } catch (error) {
        return reject(toStrataError(error)); // Arguments that cannot be cloned; nothing was sent.
      }
      signal?.addEventListener("abort", abort, { once: true });
      if (this.#pending.size === 0) this.#port.ref?.();
      this.#pending.set(id, {
        resolve: resolve,
        reject,
        onProgress,
        forget: () => signal?.removeEventListener("abort", abort),
      });
    });
  }

  /** Rejects all calls under way and every later one with `error`: the other end is gone. Closes the port. */
  disconnect(error: StrataError): void {
    if (this.#disconnected) return;
    this.#disconnected = error;
    this.#port.removeEventListener("message", this.#onMessage);
    this.#outbox.clear();
    this.#port.close?.();
    for (const pending of this.#pending.values()) {
      pending.forget();
      pending.reject(error);
    }
    this.#pending.clear();
  }

  readonly #onMessage = (event: { data: unknown }): void => {
    for (const message of parseRpcMessages(event.data)) this.#take(message);
  };

  #take(message: RpcMessage): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if ("done" in message) {
      try {
        pending.onProgress?.(message.done);
      } catch {
        this.#outbox.post({ id: message.id, abort: true });
      }
    } else if ("code" in message) {
      this.#pending.delete(message.id);
      if (this.#pending.size === 0) this.#port.unref?.();
      pending.forget();
      if (message.code === "OK") pending.resolve(message.result);
      else pending.reject(new StrataError(message.code, message.message));
    }
  }
}

/** Buffers of a result that nobody here needs any more, so that posting it copies nothing. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (result instanceof Uint8Array) return [result.buffer as ArrayBuffer];
  if (isObject(result) && result.page instanceof Uint8Array) return [result.page.buffer as ArrayBuffer];
  return [];
}

/**
 * Answers the requests that arrive at `port` with `engine`. `stop()` ends that, aborts what is under way and gives
 * back the read views and cursors that this port opened and did not close; call it when the other end is gone.
 */
export function serveRpc(port: RpcPort, engine: EngineClient): { stop(): void } {
  const running = new Map<number, AbortController>();
  const views = new Set<number>();
  const cursors = new Set<number>();
  let stopped = false;

  const noteHandles = (method: MethodName, args: Record<string, unknown>, result: unknown): void => {
    if (method === "view") views.add((result as { view: number }).view);
    else if (method === "viewClose") views.delete(args.view as number);
    else if (method === "scanClose") cursors.delete(args.cursor as number);
    else if (method === "scan" || method === "scanNext") {
      const { cursor } = result as { cursor: number };
      if (cursor !== 0) cursors.add(cursor);
      else cursors.delete(args.cursor as number);
    }
  };

  const closeHandles = (): void => {
    const ignore = (): void => {}; // The engine may be closed already, and then there is nothing to give back.
    for (const view of views) engine.call("viewClose", { view }).catch(ignore);
    for (const cursor of cursors) engine.call("scanClose", { cursor }).catch(ignore);
    views.clear();
    cursors.clear();
  };

  const outbox = new Outbox(port, (messages, error) => {
    const { code, message } = toStrataError(error);
    if (!stopped) for (const { id } of messages) outbox.post({ id, code, message });
  });
  // Posting to a port that is closed may throw. Answers to requests that came together go back together.
  const reply = (message: RpcMessage, transfer?: ArrayBuffer[]): void => {
    if (!stopped) outbox.postSoon(message, transfer);
  };
  const tell = (id: number, done: number): void => {
    if (!stopped) outbox.post({ id, done });
  };

  const answer = async (request: Extract<RpcMessage, { method: MethodName }>): Promise<void> => {
    const { id, method, args, progress } = request;
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = progress ? (done: number) => tell(id, done) : undefined;
    try {
      const result = await engine.call(method, args as never, { signal: controller.signal, onProgress });
      noteHandles(method, args as Record<string, unknown>, result);
      if (stopped) closeHandles(); // Nobody will use what this call has opened.
      reply({ id, code: "OK", result }, buffersOf(result));
    } catch (error) {
      const { code, message } = toStrataError(error);
      reply({ id, code, message });
    } finally {
      running.delete(id);
    }
  };

  const onMessage = (event: { data: unknown }): void => {
    for (const message of parseRpcMessages(event.data)) {
      if ("method" in message) void answer(message);
      else if ("abort" in message) running.get(message.id)?.abort();
    }
  };

  port.addEventListener("message", onMessage);
  port.start?.();
  return {
    stop() {
      stopped = true;
      outbox.clear();
      port.removeEventListener("message", onMessage);
      for (const controller of running.values()) controller.abort();
      closeHandles();
    },
  };
}
