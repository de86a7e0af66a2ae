import { StrataError } from "../errors.js";
import type { CallOptions, EngineClient } from "../engine/client.js";
import type { EngineMethods, MethodName } from "../engine/methods.js";
import { nextTurn } from "../engine/next_turn.js";

/** Stands before an engine that several tabs use, and knows when it has answered them all. */
export class Gate implements EngineClient {
  readonly #engine: EngineClient;
  #underWay = 0;
  #drained: (() => void) | null = null;
  /** Set when no more calls are let in: who takes the later ones, or a promise that never resolves. */
  #successor: Promise<EngineClient> | null = null;

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  async call<M extends MethodName>(
    method: M,
    args: EngineMethods[M]["args"],
    options?: CallOptions,
  ): Promise<EngineMethods[M]["result"]> {
    if (method === "close")
      throw new StrataError("UNSUPPORTED", "one tab cannot close the database for all others");
    if (this.#successor) {
      const next = await this.#successor;
      const { view, cursor } = args as { view?: number; cursor?: number };
      if (view || cursor)
        throw new StrataError("CLOSED", "this snapshot or scan ended when the database was opened anew");
      return next.call(method, args, options);
    }
    this.#underWay++;
    try {
      return await this.#engine.call(method, args, options);
    } finally {
      if (--this.#underWay === 0) this.#drained?.();
    }
  }

  /** Lets no more calls in, and resolves when the answers of those inside are sent. */
  async close(successor: Promise<EngineClient>): Promise<void> {
    this.#successor = successor;
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    await new Promise<void>((resolve) => nextTurn(resolve)); // Whoever called sends the answer in this turn.
  }
}
