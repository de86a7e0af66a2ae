import { StrataError, throwIfAborted } from "../errors.js";
import { Engine } from "../engine/engine.js";
import { loadWasm } from "../loader.js";
import type { WasmSource } from "../wasm_source.js";
import type { EngineOptions, OpenOptions } from "../options.js";
import type { HostStorage } from "../storage/host_storage.js";
import { MemoryStorage } from "../storage/memory_storage.js";
import { NodeFiles } from "../storage/node_files.js";
import { nodeWasm } from "./wasm_files.js";

/** What opening takes, as data that can be sent to a worker. */
export interface EngineRequest {
  location: string;
  storage: NonNullable<OpenOptions["storage"]>;
  options: EngineOptions;
  wasm?: WasmSource;
}

/** Opens storage and engine in this thread. */
export async function openEngine(request: EngineRequest, signal?: AbortSignal): Promise<Engine> {
  const { options } = request;
  const wasm = await loadWasm(request.wasm, nodeWasm);
  const storage = await openStorage(request, signal);
  try {
    throwIfAborted(signal);
  } catch (error) {
    await storage.close();
    throw error;
  }
  return Engine.open(wasm, storage, options);
}

async function openStorage(
  { location, storage, options }: EngineRequest,
  signal?: AbortSignal,
): Promise<HostStorage> {
  switch (storage) {
    case "memory":
      return new MemoryStorage();
    case "auto":
    case "file":
      return NodeFiles.open(location, { readOnly: options.readOnly, create: options.create, signal });
    case "opfs":
    case "indexeddb":
      throw new StrataError(
        "UNSUPPORTED",
        `storage '${storage}' is only in browsers; Node has 'file' and 'memory'`,
      );
  }
}
