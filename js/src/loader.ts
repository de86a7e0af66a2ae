import { relaxedSimd, simd } from "wasm-feature-detect";
import { StrataError } from "./errors.js";
import type { WasmSource } from "./wasm_source.js";

/** What differs between Node and browsers. */
export interface WasmPlatform {
  /** A string given by the user as a URL. */
  resolve(source: string): URL;
  /** Reads a `file:` URL, where fetch() cannot. */
  readFile?(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether this engine's relaxed SIMD can be trusted where it is there. Default true. */
  relaxedSimdIsSound?: boolean;
}

// Written out in full, so that bundlers see the files and ship them. Every entry point of dist/ is one folder deep.
const plainUrl = (): URL => new URL("../strata.wasm", import.meta.url);
const relaxedUrl = (): URL => new URL("../strata-relaxed.wasm", import.meta.url);
const suiteUrl = (): URL => new URL("../strata-suite.wasm", import.meta.url);
const relaxedSuiteUrl = (): URL => new URL("../strata-suite-relaxed.wasm", import.meta.url);
const textUrl = (): URL => new URL("../strata-text.wasm", import.meta.url);

/** What an engine runs on. */
export interface EngineWasm {
  module: WebAssembly.Module;
  /** Loads the module with every kind of index and with text search, if `module` is not all that was given. */
  suite?: () => Promise<WebAssembly.Module>;
}

/** One compilation per URL, shared by all databases of the page or process. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * The compiled engine: from `source` if given, else the build beside this script that suits the machine (with relaxed
 * SIMD where there is, else plain SIMD128). Compiling is cached per URL; nothing but that file is fetched, and the suite's once it is needed.
 *
 * @throws {@link StrataError} `UNSUPPORTED` without WebAssembly SIMD; `IO_ERROR` if the file cannot be had;
 * `INVALID_ARGUMENT` if what was given is not a WebAssembly module.
 */
export async function loadWasm(source: WasmSource | undefined, platform: WasmPlatform): Promise<EngineWasm> {
  const built = (plain: () => URL, relaxed: () => URL): Promise<WebAssembly.Module> =>
    load(source, platform, async () =>
      platform.relaxedSimdIsSound !== false && (await relaxedSimd()) ? relaxed() : plain(),
    );
  const module = await built(plainUrl, relaxedUrl);
  return source === undefined ? { module, suite: () => built(suiteUrl, relaxedSuiteUrl) } : { module };
}

/** The same for the text embedder, of which there is one build. */
export function loadTextWasm(
  source: WasmSource | undefined,
  platform: WasmPlatform,
): Promise<WebAssembly.Module> {
  return load(source, platform, async () => textUrl());
}

async function load(
  source: WasmSource | undefined,
  platform: WasmPlatform,
  besideScript: () => Promise<URL>,
): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined && typeof source !== "string" && !(source instanceof URL))
    return compileBytes(source);
  if (!(await simd())) {
    throw new StrataError(
      "UNSUPPORTED",
      "this JavaScript engine has no WebAssembly SIMD, which Strata needs",
    );
  }
  const url =
    source === undefined
      ? await besideScript()
      : typeof source === "string"
        ? platform.resolve(source)
        : source;
  let module = compiled.get(url.href);
  if (!module) {
    module = compileUrl(url, platform);
    compiled.set(url.href, module);
    module.catch(() => compiled.delete(url.href)); // A failed fetch may succeed next time.
  }
  return module;
}

async function compileBytes(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `the given bytes are not a WebAssembly module: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function compileUrl(url: URL, platform: WasmPlatform): Promise<WebAssembly.Module> {
  if (url.protocol === "file:" && platform.readFile) {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await platform.readFile(url);
    } catch (error) {
      throw new StrataError("IO_ERROR", `cannot read ${url.href}: ${String(error)}`, { cause: error });
    }
    return compileBytes(bytes);
  }
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin" });
  } catch (error) {
    throw new StrataError("IO_ERROR", `cannot fetch ${url.href}: ${String(error)}`, { cause: error });
  }
  if (!response.ok)
    throw new StrataError("IO_ERROR", `cannot fetch ${url.href}: HTTP status ${response.status}`);
  // Compiling while the bytes arrive needs the right Content-Type, which not every server sends.
  if (response.headers.get("Content-Type")?.startsWith("application/wasm")) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (error) {
      throw new StrataError("INVALID_ARGUMENT", `${url.href} is not a WebAssembly module: ${String(error)}`, {
        cause: error,
      });
    }
  }
  return compileBytes(await response.arrayBuffer());
}
