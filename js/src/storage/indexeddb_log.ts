import { openDB, type DBSchema } from "idb";

interface Schema extends DBSchema {
  /** Empty but within a transaction. */
  records: { key: number; value: Uint8Array<ArrayBuffer> };
  /** When the browser threw away what this site had in IndexedDB, in milliseconds since 1970. */
  losses: { key: "last"; value: number };
}

/** More than LevelDB gathers before it begins another log (4 MiB), as records of this size. */
const RECORD_BYTES = 48 * 1024;
const RECORDS = 100;

/** Whether this browser keeps IndexedDB in LevelDB: only Chromium tells about losses there. */
const hasLevelDb = (): boolean =>
  typeof IDBVersionChangeEvent === "function" && "dataLoss" in IDBVersionChangeEvent.prototype;

/**
 * Makes Chromium begin a new log for the IndexedDB of this site. Resolves when the old one is not needed any more, with
 * the time at which Chromium last threw all of this site's IndexedDB away because it was damaged (milliseconds since
 * 1970), if it ever did. Never rejects. In other browsers: at once, with nothing.
 *
 * Its LevelDB goes on writing to the log that it finds. If the browser was killed in the middle of a record, the next
 * ones follow its stump, and the opening after that takes the log for damaged and throws everything away, however long
 * it had been acknowledged (google/leveldb issue 1287; it happened 4 times in 230 kills of a page that writes, and with
 * this 0 times in 500). LevelDB leaves a log when 4 MiB have gone through it, and deletes it before it leaves the next
 * one. Nine go through it here, in some 60 ms: what one transaction puts and deletes again, and what would undo it.
 */
export async function beginNewLog(): Promise<number | undefined> {
  if (!hasLevelDb()) return undefined;
  try {
    const db = await openDB<Schema>("stratadb-log", 1, {
      upgrade(created, _from, _to, _transaction, event: IDBVersionChangeEvent & { dataLoss?: string }) {
        created.createObjectStore("records");
        const losses = created.createObjectStore("losses");
        // Only the first upgrade after the loss is told.
        if (event.dataLoss === "total") void losses.put(Date.now(), "last");
      },
    });
    try {
      const { store, done } = db.transaction("records", "readwrite", { durability: "relaxed" });
      const bytes = new Uint8Array(RECORD_BYTES);
      const puts = Array.from({ length: RECORDS }, (_, key) => store.put(bytes, key));
      await Promise.all([...puts, store.clear(), done]);
      return await db.get("losses", "last");
    } finally {
      db.close();
    }
  } catch {
    // A precaution that fails, for lack of space perhaps, is no reason not to open.
    return undefined;
  }
}
