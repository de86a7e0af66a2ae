import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { WasmPlatform } from "../loader.js";
import { resolveUrl } from "../wasm_source.js";

/** V8's first version with relaxed SIMD as a finished feature. Node 20 has an older one behind a flag, and it miscalculates. */
const V8_WITH_SOUND_RELAXED_SIMD = 12;

/** Node's fetch() reads no files, so the loader does; a string is a URL if it has a scheme, else a path. */
export const nodeWasm: WasmPlatform = {
  resolve: (source) => (/^[a-z][a-z0-9+.-]+:/i.test(source) ? resolveUrl(source) : pathToFileURL(source)),
  relaxedSimdIsSound: Number.parseInt(process.versions.v8) >= V8_WITH_SOUND_RELAXED_SIMD,
  readFile: async (url) => new Uint8Array(await readFile(url)),
};
