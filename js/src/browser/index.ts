import { Database } from "../database.js";
import type { CallOptions, EngineClient } from "../engine/client.js";
import { WRITE_METHODS, type EngineMethods, type MethodName } from "../engine/methods.js";
import { abortError, StrataError, throwIfAborted } from "../errors.js";
import { isWellFormed } from "../ids.js";
import { describe, engineOptions, type OpenOptions } from "../options.js";
import type { StorageDescription } from "../storage/host_storage.js";
import { resolveUrl } from "../wasm_source.js";
import type { OpenRequest } from "./messages.js";
import { Tab } from "./tab.js";

export * from "../api.js";

/** In a browser a read costs several times what it costs in Node, so the block cache may take what is left of this. */
const MEMORY_BUDGET_DEFAULT = 2 * 2 ** 30;

/** Bytes of the longest name that every file system under a browser takes. */
const NAME_BYTES_MAX = 200;

/**
 * Opens the database `location` of this origin, making it if there is none, in OPFS (else in IndexedDB, else in memory,
 * with a note in `db.storage`). Any number of tabs may open it: the engine runs in a worker of one of them, the others
 * reach it there, and when that tab ends another takes over.
 *
 * The first write asks the browser to exempt this origin from eviction; `db.storage.persisted` tells the answer.
 *
 * @throws {@link StrataError} `CORRUPTION` names file and place; `UNSUPPORTED_FORMAT` if a newer version wrote it;
 * `NOT_FOUND`; `UNAVAILABLE` if something else holds its files; `FAILED_PRECONDITION` if another tab has it open in a
 * place other than the one asked for; `INVALID_ARGUMENT`; `NO_SPACE`; `IO_ERROR`;
 * `UNSUPPORTED`; `ABORTED`.
 */
export async function open(location: string, options?: OpenOptions): Promise<Database> {
  const request = openRequest(location, options);
  const signal = options?.signal;
  throwIfAborted(signal);
  const makeWorker = (): Worker => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const tab = new Tab(request, makeWorker);
  try {
    const opened = await abortable(tab.client.call("opened", {}), signal);
    tab.settle(opened.storage.kind);
    const storage = { ...opened.storage };
    return new Database(new DatabaseClient(tab, request.options.readOnly, storage), { ...opened, storage });
  } catch (error) {
    tab.abandon();
    throw error;
  }
}

function openRequest(location: string, options: OpenOptions | undefined): OpenRequest {
  const checked = engineOptions(options, MEMORY_BUDGET_DEFAULT);
  if (typeof location !== "string" || location === "" || !isWellFormed(location)) {
    throw new StrataError("INVALID_ARGUMENT", `location must be a name, found ${describe(location)}`);
  }
  const name = encodeURIComponent(location).replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
  if (name.length > NAME_BYTES_MAX) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `location must be at most ${NAME_BYTES_MAX} bytes, found ${name.length}`,
    );
  }
  const request: OpenRequest = { name, storage: options?.storage ?? "auto", options: checked };
  const wasm = options?.wasm;
  // A URL cannot be posted to a worker, and what is relative is meant from this page.
  if (wasm !== undefined) {
    request.wasm =
      typeof wasm === "string" || wasm instanceof URL ? resolveUrl(wasm, document.baseURI).href : wasm;
  }
  return request;
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError(signal));
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What may change something, and so is refused to a database opened read-only. */
const REFUSED_READ_ONLY: ReadonlySet<MethodName> = new Set([...WRITE_METHODS, "drop", "flush", "compact"]);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The client that one `Database` uses: closes its tab's part only, and asks for persistence when it first writes. */
class DatabaseClient implements EngineClient {
  readonly #tab: Tab;
  readonly #readOnly: boolean;
  readonly #storage: Writable<StorageDescription>;
  #asked = false;
  #closing: Promise<null> | null = null;

  constructor(tab: Tab, readOnly: boolean, storage: Writable<StorageDescription>) {
    this.#tab = tab;
    this.#readOnly = readOnly;
    this.#storage = storage;
  }

  call<M extends MethodName>(
    method: M,
    args: EngineMethods[M]["args"],
    options?: CallOptions,
  ): Promise<EngineMethods[M]["result"]> {
    if (method === "close") return this.#close();
    if (this.#closing) return Promise.reject(new StrataError("CLOSED", "the database is closed"));
    if (this.#readOnly && REFUSED_READ_ONLY.has(method)) {
      return Promise.reject(new StrataError("READ_ONLY", "the database was opened read-only"));
    }
    if (WRITE_METHODS.has(method)) this.#askForPersistence();
    return this.#tab.client.call(method, args, options);
  }

  #close(): Promise<null> {
    this.#closing ??= this.#tab.close().then(() => null);
    return this.#closing;
  }

  #askForPersistence(): void {
    if (this.#asked) return;
    this.#asked = true;
    const manager = navigator.storage as StorageManager | undefined; // Missing on pages without https.
    manager?.persist().then(
      (persisted) => (this.#storage.persisted = persisted),
      () => (this.#storage.persisted = false),
    );
  }
}
