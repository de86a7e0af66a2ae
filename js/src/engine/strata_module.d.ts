/**
 * The JavaScript that Emscripten makes beside the .wasm files. tools/build_js.mjs resolves the names to the build folder's
 * strata.mjs and strata_text.mjs; bindings/wasm/bindings.cc and text/text_bindings.cc are where these functions come from.
 */
declare module "strata-module" {
  import type { HostFunctions } from "./host_functions.js";

  /** How calls into WebAssembly begin and end: bindings/wasm/call_frame.h. */
  export interface CallFrame {
    /** Address of a buffer of `bytes` bytes for the next call's arguments, or 0 if memory is out. */
    input(bytes: number): number;
    /** Address of two u32: where the last call's reply stands, and its size. A failed call replies with its message. */
    replyAt(): number;
    delete(): void;
  }

  export interface WasmModule<Session extends CallFrame> {
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    readonly HEAPU32: Uint32Array<ArrayBuffer>;
    readonly HEAPF32: Float32Array<ArrayBuffer>;
    Session: new () => Session;
  }

  export type CreateModule<Session extends CallFrame, Module = WasmModule<Session>> = (options: {
    /** What bindings/wasm/host_env.cc calls. */
    strataHost?: HostFunctions | undefined;
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): Record<string, never>;
  }) => Promise<Module>;

  /** One database inside one WebAssembly instance. Methods that return a number return 0 or an error's number. */
  export interface Session extends CallFrame {
    open(
      strict: boolean,
      readOnly: boolean,
      createIfMissing: boolean,
      refuseDamagedLog: boolean,
      budget: number,
    ): number;
    openCollection(
      nameBytes: number,
      hasOptions: boolean,
      dimension: number,
      metric: number,
      index: number,
      m: number,
      efConstruction: number,
      quantization: number,
      allIndexed: boolean,
      indexedBytes: number,
    ): number;
    collections(): number;
    drop(nameBytes: number): number;

    write(
      collection: number,
      floats: number,
      headBytes: number,
      client: bigint,
      request: number,
      defer: boolean,
    ): number;
    deleteWhere(
      collection: number,
      filterBytes: number,
      client: bigint,
      request: number,
      defer: boolean,
    ): number;
    syncLog(): number;

    get(collection: number, view: number, idBytes: number, include: number): number;
    has(collection: number, view: number, idBytes: number): number;
    count(collection: number, view: number, filterBytes: number): number;
    scan(
      collection: number,
      view: number,
      parts: number,
      prefixBytes: number,
      fromBytes: number,
      toBytes: number,
      filterBytes: number,
      limit: number,
      include: number,
      page: number,
    ): number;
    scanNext(cursor: number, page: number): number;
    /** The cursor of the last scan or scanNext; 0 when its page was the last. */
    lastCursor(): number;
    scanClose(cursor: number): void;

    search(
      collection: number,
      view: number,
      mode: number,
      floats: number,
      filterBytes: number,
      k: number,
      efSearch: number,
      radius: number,
      exact: boolean,
      rescore: number,
      include: number,
    ): number;

    view(collection: number): number;
    viewClose(view: number): void;

    inspect(collection: number, what: number, argument: number, layer: number, floats: number): number;

    hasBackgroundWork(): boolean;
    runBackground(micros: number): number;
    flush(): number;
    beginCompact(): number;
    /** Replies with the share that is done, in millionths. */
    stepCompact(micros: number): number;
    stopCompact(): void;
    verify(): number;
    stats(): number;
    close(): number;
  }

  export interface StrataModule extends WasmModule<Session> {
    /** The name of an error's number; empty for one that there is not. */
    errorCodeName(code: number): string;
  }

  const createModule: CreateModule<Session, StrataModule>;
  export default createModule;
}

declare module "strata-text-module" {
  import type { CallFrame, CreateModule } from "strata-module";

  /** A text embedder. */
  export interface TextSession extends CallFrame {
    /** What `call` is: bindings/wasm/text/text_session.h. */
    run(call: number, floats: number, headBytes: number, bodyBytes: number): number;
  }

  const createModule: CreateModule<TextSession>;
  export default createModule;
}
