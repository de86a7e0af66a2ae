import { StrataError } from "./errors.js";

/** Where the engine's .wasm comes from, if not from beside the script. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module;

/** Whether `value` is of a type that a module can come from. */
export const isWasmSource = (value: unknown): value is WasmSource =>
  typeof value === "string" ||
  [URL, ArrayBuffer, WebAssembly.Module].some((type) => value instanceof type) ||
  ArrayBuffer.isView(value);

/** `text` as a URL, relative to `base`. `INVALID_ARGUMENT`. */
export function resolveUrl(text: string | URL, base?: string): URL {
  try {
    return new URL(text, base);
  } catch (error) {
    throw new StrataError("INVALID_ARGUMENT", `wasm: ${String(text)} is not a URL`, { cause: error });
  }
}
