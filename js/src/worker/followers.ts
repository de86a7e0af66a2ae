import { ChannelPort } from "../browser/channel_port.js";
import {
  clientChannel,
  clientLock,
  commonChannel,
  parseTabMessage,
  WELCOME,
  type TabMessage,
} from "../browser/messages.js";
import type { EngineClient } from "../engine/client.js";
import { serveRpc } from "../engine/rpc.js";

/** The other tabs of a database, as its owner sees them: it makes itself known and serves those that connect. */
export class Followers {
  readonly #name: string;
  readonly #term: string;
  readonly #engine: EngineClient;
  readonly #onStrict: (() => void) | null;
  readonly #channel: BroadcastChannel;
  readonly #served = new Map<string, { stop(): void }>();
  readonly #ended = new AbortController();

  /** `onStrict`: a tab wants strict durability; null if it has that already. */
  constructor(name: string, term: string, engine: EngineClient, onStrict: (() => void) | null) {
    this.#name = name;
    this.#term = term;
    this.#engine = engine;
    this.#onStrict = onStrict;
    this.#channel = new BroadcastChannel(commonChannel(name));
    this.#channel.addEventListener("message", ({ data }) => this.#onMessage(parseTabMessage(data)));
    this.#announce();
  }

  /** Breaks all connections. The clients look for the next owner by themselves. */
  stop(): void {
    this.#ended.abort();
    this.#channel.close();
    for (const served of this.#served.values()) served.stop();
  }

  #announce(): void {
    this.#channel.postMessage({ kind: "leader", term: this.#term } satisfies TabMessage);
  }

  #onMessage(message: TabMessage | null): void {
    if (message?.kind === "who") this.#announce();
    if (message?.kind !== "connect" || message.term !== this.#term) return;
    if (message.strict && this.#onStrict) this.#onStrict();
    else if (!this.#served.has(message.client)) this.#serve(message.client);
  }

  #serve(client: string): void {
    const port = new ChannelPort(clientChannel(this.#name, this.#term, client));
    const server = serveRpc(port, this.#engine);
    this.#served.set(client, {
      stop: () => {
        server.stop();
        port.close();
      },
    });
    port.postMessage(WELCOME);
    // The client holds this lock as long as it lives.
    const gone = (): void => {
      this.#served.get(client)?.stop();
      this.#served.delete(client);
    };
    navigator.locks
      .request(clientLock(this.#name, client), { signal: this.#ended.signal }, gone)
      .catch(() => {}); // We ended first.
  }
}
