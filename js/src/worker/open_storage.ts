import type { OpenRequest } from "../browser/messages.js";
import { StrataError } from "../errors.js";
import type { HostStorage } from "../storage/host_storage.js";
import { IndexedDbStorage } from "../storage/indexeddb.js";
import { MemoryStorage } from "../storage/memory_storage.js";
import { OpfsStorage } from "../storage/opfs.js";
import { hasSyncHandles } from "../storage/opfs_pool.js";

/** The place that was asked for, or `UNSUPPORTED`; with `auto` the best one there is, and a note if it is not OPFS. */
export async function openStorage({
  name,
  storage,
}: Pick<OpenRequest, "name" | "storage">): Promise<HostStorage> {
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

/** Private windows and pages without https may have the functions and refuse to carry them out. */
async function hasOpfs(): Promise<boolean> {
  if (!hasSyncHandles() || !(await hasIndexedDb())) return false;
  return navigator.storage.getDirectory().then(
    () => true,
    () => false,
  );
}

async function hasIndexedDb(): Promise<boolean> {
  try {
    await indexedDB.databases();
    return true;
  } catch {
    return false;
  }
}
