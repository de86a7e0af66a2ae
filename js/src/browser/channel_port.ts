import type { RpcPort } from "../engine/rpc.js";

/** A BroadcastChannel with one end in each of two tabs, as a port. It copies what a MessagePort would move. */
export class ChannelPort implements RpcPort {
  readonly #channel: BroadcastChannel;

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
  }

  postMessage(message: unknown, _transfer?: ArrayBuffer[]): void {
    this.#channel.postMessage(message);
  }

  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void {
    this.#channel.addEventListener(type, listener);
  }

  removeEventListener(type: "message", listener: (event: { data: unknown }) => void): void {
    this.#channel.removeEventListener(type, listener);
  }

  close(): void {
    this.#channel.close();
  }
}
