import { Database } from "../database.js";
import type { EngineClient } from "../engine/client.js";
import { StrataError } from "../errors.js";
import { describe, engineOptions, MEMORY_BUDGET_BY_DATA, type OpenOptions } from "../options.js";
import { openEngine, type EngineRequest } from "./open_engine.js";
import { openInWorker } from "./worker_client.js";

export * from "../api.js";

/**
 * Opens a database, making it if there is none: in Node the directory `location`, in a browser an OPFS directory (else
 * an IndexedDB database) of that name. With `storage: "memory"` the location is only a name.
 *
 * @throws {@link StrataError} `UNAVAILABLE` if another process or tab holds it; `CORRUPTION` names file and place;
 * `UNSUPPORTED_FORMAT` if a newer version wrote it; `NOT_FOUND`; `INVALID_ARGUMENT`; `IO_ERROR`; `UNSUPPORTED`;
 * `ABORTED`.
 */
export async function open(location: string, options?: OpenOptions): Promise<Database> {
  const checked = engineOptions(options, MEMORY_BUDGET_BY_DATA);
  if (typeof location !== "string" || location === "" || location.includes("\0")) {
    throw new StrataError("INVALID_ARGUMENT", `location must be a path, found ${describe(location)}`);
  }
  const request: EngineRequest = { location, storage: options?.storage ?? "auto", options: checked };
  const wasm = options?.wasm;
  if (wasm !== undefined) request.wasm = wasm instanceof URL ? wasm.href : wasm; // A URL cannot be sent to a worker.
  const client: EngineClient = options?.worker
    ? await openInWorker(request, options.signal)
    : await openEngine(request, options?.signal);
  return new Database(client, await client.call("opened", {}));
}
