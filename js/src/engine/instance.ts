import type { CallFrame, CreateModule, WasmMemory } from "strata-module";
import { errorName, StrataError } from "../errors.js";
import { decodeReply } from "../wire/reply.js";
import type { HostFunctions, Memory } from "./host_functions.js";
import type { ReplyBytes } from "./methods.js";

const decoder = new TextDecoder();

/**
 * One WebAssembly instance with one {@link Session}, and the way arguments and replies pass: arguments are copied into
 * a buffer inside the instance, replies are copied out of it. No view of its memory outlives a call, because growing
 * the memory detaches every view.
 */
export class Instance<Session extends CallFrame> {
  readonly #module: WasmMemory & Session;
  /** Where the session notes the place and size of its replies, as an index into HEAPU32. */
  readonly #replyAt: number;
  #broken: StrataError | null = null;

  private constructor(module: WasmMemory & Session) {
    this.#module = module;
    this.#replyAt = module.replyAt() >>> 2;
  }

  /**
   * Instantiates `wasm` with the JavaScript that Emscripten made for it. `makeHost` makes the functions that it imports
   * from us, if any; they may use the memory only while a call runs.
   */
  static async create<Session extends CallFrame>(
    createModule: CreateModule<Session>,
    wasm: WebAssembly.Module,
    makeHost?: (memory: () => Memory) => HostFunctions,
  ): Promise<Instance<Session>> {
    const started: { module?: WasmMemory & Session } = {};
    const memory = (): Memory => {
      if (!started.module)
        throw new StrataError("INTERNAL", "the engine called its host before it was ready");
      return started.module;
    };
    const module = await new Promise<WasmMemory & Session>((resolve, reject) => {
      createModule({
        strataHost: makeHost?.(memory),
        instantiateWasm(imports, done) {
          // Rejections here would otherwise be lost: Emscripten waits for `done` for ever.
          WebAssembly.instantiate(wasm, imports).then((instance) => done(instance, wasm), reject);
          return {};
        },
      }).then(resolve, reject);
    }).catch((error: unknown) => {
      throw new StrataError("UNSUPPORTED", `this WebAssembly module cannot be started: ${String(error)}`, {
        cause: error,
      });
    });
    started.module = module;
    return new Instance(module);
  }

  /** Copies the next call's arguments in: first the numbers (so that they are aligned), then the bytes. */
  pass(floats: Float32Array | null, ...parts: readonly Uint8Array[]): void {
    if (this.#broken) throw this.#broken;
    let size = floats ? floats.byteLength : 0;
    for (const part of parts) size += part.length;
    let at = this.#module.input(size) >>> 0;
    if (at === 0) {
      throw new StrataError(
        "OUT_OF_MEMORY",
        `WebAssembly memory cannot grow by the ${size} bytes of this request`,
      );
    }
    if (floats) {
      this.#module.HEAPF32.set(floats, at >>> 2);
      at += floats.byteLength;
    }
    for (const part of parts) {
      this.#module.HEAPU8.set(part, at);
      at += part.length;
    }
  }

  /** Makes a call that answers with a status, and throws its failure. */
  run(call: (session: Session) => number): void {
    const status = this.ask(call);
    if (status !== 0) throw new StrataError(errorName(status), decoder.decode(this.replyBytes()));
  }

  /** Makes a call that cannot fail. */
  ask<T>(call: (session: Session) => T): T {
    if (this.#broken) throw this.#broken;
    try {
      return call(this.#module);
    } catch (error) {
      // C++ catches its own exceptions, so this is a trap: what the engine holds in memory can no longer be trusted.
      // What is on storage can, as after a crash.
      this.#broken = new StrataError(
        "INTERNAL",
        `the engine stopped: ${String(error)}; open the database again`,
        {
          cause: error,
        },
      );
      throw this.#broken;
    }
  }

  /** A copy of the last call's reply. */
  replyBytes(): ReplyBytes {
    const { HEAPU8, HEAPU32 } = this.#module;
    const at = HEAPU32[this.#replyAt] ?? 0;
    return HEAPU8.slice(at, at + (HEAPU32[this.#replyAt + 1] ?? 0));
  }

  /** The JSON part of the last call's reply. */
  replyJson<T>(): T {
    return decodeReply(this.replyBytes()).json as T;
  }
}
