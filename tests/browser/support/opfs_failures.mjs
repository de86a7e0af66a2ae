// What OPFS storage makes of an OPFS whose calls fail.
import { OpfsStorage } from "../../../js/src/storage/opfs.ts";
import { FakeOpfs } from "./fake_opfs.mjs";

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const full = () => {
  throw new DOMException("the quota is used up", "QuotaExceededError");
};

function check(condition, message) {
  if (!condition) throw new Error(message);
}

async function withDisk(action) {
  const { getDirectory } = navigator.storage;
  const disk = new FakeOpfs(30);
  navigator.storage.getDirectory = async () => disk.directory();
  try {
    return await action(disk);
  } finally {
    navigator.storage.getDirectory = getDirectory;
  }
}

function firstByte(storage, file) {
  const bytes = new Uint8Array(1);
  storage.readAt(file, 0, bytes);
  return bytes[0];
}

/** A file in memory whose move to OPFS fails at the last call, and that is changed after that. */
export const failedMove = (name) =>
  withDisk(async (disk) => {
    const options = { spares: 0 };
    let storage = await OpfsStorage.open(name, options);
    disk.fault = (call) => void (call === "flush" && full());
    storage.create(1);
    storage.writeAt(1, 0, new Uint8Array(10_000).fill(1));
    storage.sync(1);
    await storage.durable();
    await pause(20);
    check(disk.files.has("file-1"), "the move was tried");
    storage.writeAt(1, 0, new Uint8Array(10_000).fill(2));
    storage.sync(1);
    await storage.durable();
    disk.fail();
    await storage.close();
    disk.fault = () => {};
    disk.restart(); // Only the process has died.
    storage = await OpfsStorage.open(name, options);
    check(firstByte(storage, 1) === 2, `the file holds ${firstByte(storage, 1)}, what was durable is 2`);
    await storage.close();
  });

/** How many files there are after many vain attempts to make spares. */
export const vainSpares = (name) =>
  withDisk(async (disk) => {
    const storage = await OpfsStorage.open(name, { spares: 2, youngMillis: 20 });
    await pause(20);
    const before = disk.files.size;
    storage.create(1);
    storage.create(2);
    disk.fault = (call) => void (call === "write" && full());
    await pause(300); // It is tried again every 5 ms.
    const made = disk.files.size - before;
    disk.fault = () => {};
    await storage.close();
    return made;
  });

/** A file in memory that is freed while its handle is being made: where the handle ends. */
export const freedWhileMoving = (name) =>
  withDisk(async (disk) => {
    const storage = await OpfsStorage.open(name, { spares: 0 });
    for (let file = 1; file <= 20; file++) {
      storage.create(file);
      storage.remove(file);
      await pause(2);
    }
    await storage.durable();
    const files = disk.files.size;
    await storage.close();
    return files;
  });

/** A write that waits for the bridge and then fails. */
export const failedHeldWrite = (name) =>
  withDisk(async (disk) => {
    const storage = await OpfsStorage.open(name);
    storage.create(1);
    storage.writeAt(1, 0, Uint8Array.of(1, 2, 3));
    storage.sync(1);
    storage.writeAt(1, 0, Uint8Array.of(9)); // It replaces what is not safe yet.
    disk.fault = (call) => void (call === "write" && full());
    const codeOf = (error) => error.code;
    const outcomes = [await storage.durable().then(() => "durable", codeOf)];
    disk.fault = () => {};
    for (const action of [
      () => storage.writeAt(1, 0, Uint8Array.of(8)),
      () => storage.sync(1),
      () => storage.truncate(1, 0),
      () => storage.remove(1),
      () => storage.create(2),
      () => storage.syncNames(),
    ]) {
      try {
        action();
        outcomes.push("done");
      } catch (error) {
        outcomes.push(error.code);
      }
    }
    check(firstByte(storage, 1) === 9, "reads go on seeing the write");
    await storage.close();
    return outcomes;
  });

/** Pieces in the bridge of a sync that was never complete. */
export const unlistedPieces = (name) =>
  withDisk(async () => {
    await (await OpfsStorage.open(name)).close();
    const opened = await new Promise((resolve, reject) => {
      const request = indexedDB.open(`stratadb-bridge/${name}`);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const done = (transaction) => new Promise((resolve) => (transaction.oncomplete = resolve));
    const put = opened.transaction("pieces", "readwrite");
    for (const number of [5, 50])
      put.objectStore("pieces").put({ generation: 1, offset: 0, bytes: new Uint8Array(9) }, [1, number]);
    await done(put);
    await (await OpfsStorage.open(name)).close();
    const get = opened.transaction("pieces");
    const keys = get.objectStore("pieces").getAllKeys();
    await done(get);
    opened.close();
    return keys.result;
  });

/** A handle that was had but could not be read is given back, so that the next opening can have it. */
export const unreadableFile = (name) =>
  withDisk(async (disk) => {
    await (await OpfsStorage.open(name)).close();
    disk.fault = (call) => void (call === "read" && full());
    const outcome = await OpfsStorage.open(name).then(
      () => "opened",
      (error) => error.code,
    );
    disk.fault = () => {};
    await (await OpfsStorage.open(name, { openMillis: 50 })).close();
    return outcome;
  });
