import type { CallFrame, CreateModule } from "strata-module";

/**
 * A text embedder: what "strata-text-module" is, the JavaScript that Emscripten makes beside strata-text.wasm.
 * bindings/wasm/text/text_bindings.cc is where the functions come from.
 */
export interface TextSession extends CallFrame {
  /** What `call` is: bindings/wasm/text/text_session.h. */
  run(call: number, floats: number, headBytes: number, bodyBytes: number): number;
}

declare const createModule: CreateModule<TextSession>;
export default createModule;
