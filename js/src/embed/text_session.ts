import type { CallFrame } from "../engine/session.js";

/** A text embedder: the functions of strata-text.wasm, which bindings/wasm/text/text_bindings.cc declares. */
export interface TextSession extends CallFrame {
  /** What `call` is: bindings/wasm/text/text_session.h. */
  run(call: number, floats: number, headBytes: number, bodyBytes: number): number;
}
