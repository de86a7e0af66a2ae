import { errorName, StrataError } from "../errors.js";
import { decodeReply } from "../wire/reply.js";
import type { HostFunctions } from "./host_functions.js";
import { instantiate } from "./instantiate.js";
import type { ReplyBytes } from "./methods.js";
import type { CallFrame } from "./session.js";

const decoder = new TextDecoder();

/**
 * One WebAssembly instance with one {@link Session}, and the way arguments and replies pass: arguments are copied into
 * a buffer inside the instance, replies are copied out of it. No view of its memory outlives a call, because growing
 * the memory detaches every view.
 */
export class Instance<Session extends CallFrame> {
  readonly #memory: WebAssembly.Memory;
  readonly #session: Session;
  /** Where the session notes the place and size of its replies. */
  readonly #replyAt: number;
  #broken: StrataError | null = null;

  private constructor(memory: WebAssembly.Memory, session: Session) {
    this.#memory = memory;
    this.#session = session;
    this.#replyAt = session.replyAt();
  }

  /**
   * Instantiates `wasm`. `makeHost` makes the functions that it imports from us, if any; they may use the memory only
   * while a call runs.
   */
  static async create<Session extends CallFrame>(
    wasm: WebAssembly.Module,
    makeHost?: (memory: () => WebAssembly.Memory) => HostFunctions,
  ): Promise<Instance<Session>> {
    try {
      const { memory, session } = await instantiate<Session>(wasm, makeHost);
      return new Instance(memory, session);
    } catch (error) {
      throw new StrataError("UNSUPPORTED", `this WebAssembly module cannot be started: ${String(error)}`, {
        cause: error,
      });
    }
  }

  /** Copies the next call's arguments in: first the numbers (so that they are aligned), then the bytes. */
  pass(floats: Float32Array | null, ...parts: readonly Uint8Array[]): void {
    if (this.#broken) throw this.#broken;
    let size = floats ? floats.byteLength : 0;
    for (const part of parts) size += part.length;
    let at = this.#session.input(size);
    if (at === 0) {
      throw new StrataError(
        "OUT_OF_MEMORY",
        `WebAssembly memory cannot grow by the ${size} bytes of this request`,
      );
    }
    const { buffer } = this.#memory;
    if (floats) {
      new Float32Array(buffer, at, floats.length).set(floats);
      at += floats.byteLength;
    }
    for (const part of parts) {
      new Uint8Array(buffer, at, part.length).set(part);
      at += part.length;
    }
  }

  /** Makes a call that answers with a status, and throws its failure. */
  run(call: (session: Session) => number): void {
    const status = this.ask(call);
    if (status !== 0) throw new StrataError(errorName(status), decoder.decode(this.replyBytes()));
  }

  /** Whether a call was cut off in the middle, so that no other can be made. */
  get broken(): boolean {
    return this.#broken !== null;
  }

  /** Makes a call that cannot fail. */
  ask<T>(call: (session: Session) => T): T {
    if (this.#broken) throw this.#broken;
    try {
      return call(this.#session);
    } catch (error) {
      // Memory ran out, or a trap: what the engine holds in memory can no longer be trusted. What is on storage can,
      // as after a crash.
      this.#broken =
        error instanceof StrataError
          ? error
          : new StrataError("INTERNAL", `the engine stopped: ${String(error)}`, { cause: error });
      throw this.#broken;
    }
  }

  /** A copy of the last call's reply. */
  replyBytes(): ReplyBytes {
    const { buffer } = this.#memory;
    const [at, bytes] = new Uint32Array(buffer, this.#replyAt, 2);
    return new Uint8Array(buffer, at, bytes).slice();
  }

  /** The JSON part of the last call's reply. */
  replyJson<T>(): T {
    return decodeReply(this.replyBytes()).json as T;
  }
}
