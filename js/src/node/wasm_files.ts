import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { WasmPlatform } from "../loader.js";

/** Node's fetch() reads no files, so the loader does; a string is a URL if it has a scheme, else a path. */
export const nodeWasm: WasmPlatform = {
  resolve: (source) => (/^[a-z][a-z0-9+.-]+:/i.test(source) ? new URL(source) : pathToFileURL(source)),
  readFile: async (url) => new Uint8Array(await readFile(url)),
};
