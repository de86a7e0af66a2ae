import type { RpcMessage, RpcPort } from "./rpc.js";

/** So that the other end begins with the first messages while later ones are still being made. */
const MESSAGES_MAX = 32;

/**
 * Posts messages through a port, those of one turn of the event loop as one array: posting costs several times what a
 * search does. All arrive in the order in which they were given.
 */
export class Outbox {
  readonly #port: RpcPort;
  /** Told of messages that could not be posted. */
  readonly #onFailure: (messages: readonly RpcMessage[], error: unknown) => void;
  #waiting: RpcMessage[] = [];
  #transfer: ArrayBuffer[] = [];

  constructor(port: RpcPort, onFailure: (messages: readonly RpcMessage[], error: unknown) => void) {
    this.#port = port;
    this.#onFailure = onFailure;
  }

  /** Posts `message` now, behind those that wait. Throws if it cannot be cloned. */
  post(message: RpcMessage, transfer: ArrayBuffer[] = []): void {
    this.#flush();
    this.#port.postMessage(message, transfer);
  }

  /** Posts `message` before this turn ends. Nobody may change what is in it any more. */
  postSoon(message: RpcMessage, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
    this.#transfer.push(...transfer);
    if (this.#waiting.push(message) === MESSAGES_MAX) this.#flush();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#transfer = [];
  }

  #flush(): void {
    const messages = this.#waiting;
    const transfer = this.#transfer;
    if (messages.length === 0) return;
    this.clear();
    try {
      this.#port.postMessage(messages.length === 1 ? messages[0] : messages, transfer);
    } catch (error) {
      this.#onFailure(messages, error);
    }
  }
}
