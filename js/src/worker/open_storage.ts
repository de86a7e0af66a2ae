import type { OpenRequest } from "../browser/messages.js";
import { StrataError } from "../errors.js";
import type { HostStorage } from "../storage/host_storage.js";
import { IndexedDbStorage } from "../storage/indexeddb.js";
import { beginNewLog } from "../storage/indexeddb_log.js";
import { MemoryStorage } from "../storage/memory_storage.js";
import { OpfsStorage } from "../storage/opfs.js";
import { hasSyncHandles } from "../storage/opfs_pool.js";

/**
 * The place that was asked for, or `UNSUPPORTED`; with `auto` the best one there is, and a note if it is not OPFS.
 * `CORRUPTION`, once, if the browser may have thrown this database away.
 */
export async function openStorage(request: Pick<OpenRequest, "name" | "storage">): Promise<HostStorage> {
  if (request.storage === "memory") return openPlace(request);
  // Before anything is written: OPFS, too, has its bridge in IndexedDB.
  const newLog = beginNewLog();
  const storage = await openPlace(request).finally(() => newLog);
  const lostAt = await newLog;
  if (storage instanceof IndexedDbStorage && storage.isNew && Date.now() - (lostAt ?? 0) < LOSS_TOLD_MILLIS) {
    await storage.close();
    throw new StrataError(
      "CORRUPTION",
      `${new Date(lostAt!).toISOString()}: the browser found what this site had in IndexedDB damaged and threw it away, ` +
        `and with it database '${request.name}', if it was there; opening it again begins an empty one`,
    );
  }
  return storage;
}

async function openPlace({ name, storage }: Pick<OpenRequest, "name" | "storage">): Promise<HostStorage> {
  switch (storage) {
    case "opfs":
      if (await hasOpfs()) return OpfsStorage.open(name);
      throw new StrataError(
        "UNSUPPORTED",
        "this browser or window has no OPFS with synchronous access handles",
      );
    case "indexeddb":
      if (await hasIndexedDb()) return IndexedDbStorage.open(name);
      throw new StrataError("UNSUPPORTED", "this browser or window has no IndexedDB");
    case "memory":
      return new MemoryStorage();
    case "auto":
      if (await hasOpfs()) return OpfsStorage.open(name);
      if (await hasIndexedDb()) {
        return IndexedDbStorage.open(name, "There is no OPFS here, so the database is in IndexedDB.");
      }
      return new MemoryStorage(
        "NOTHING IS STORED: this window has neither OPFS nor IndexedDB; all ends with the tab.",
      );
    case "file":
      throw new StrataError(
        "UNSUPPORTED",
        "storage 'file' is only in Node; browsers have 'opfs' and 'indexeddb'",
      );
  }
}

/** How long a new database may be one that was lost. */
const LOSS_TOLD_MILLIS = 30 * 24 * 3600 * 1000;

/** What a window says that will never have the storage: private ones, and pages without https. */
const REFUSALS = new Set(["SecurityError", "NotAllowedError", "NotSupportedError", "InvalidStateError"]);
/** Milliseconds between tries; about six seconds in all. */
const RETRY_DELAYS = [50, 100, 200, 400, 800, 1600, 3200];

/**
 * Whether `probe` succeeds. A browser that was just killed may fail for a moment after it is started again; taking that for
 * "there is none" would open an empty database elsewhere.
 */
async function works(probe: () => Promise<unknown>): Promise<boolean> {
  for (const delay of [...RETRY_DELAYS, 0]) {
    try {
      await probe();
      return true;
    } catch (error) {
      if (!(error instanceof DOMException) || REFUSALS.has(error.name)) return false;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return false;
}

async function hasOpfs(): Promise<boolean> {
  return hasSyncHandles() && (await hasIndexedDb()) && works(() => navigator.storage.getDirectory());
}

function hasIndexedDb(): Promise<boolean> {
  return works(() => indexedDB.databases());
}
