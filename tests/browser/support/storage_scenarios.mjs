// What the storage tests do inside a dedicated worker of Chromium. Each throws if something is not as it should be.
import { IndexedDbStorage } from "../../../js/src/storage/indexeddb.ts";
import { MemoryStorage } from "../../../js/src/storage/memory_storage.ts";
import { OpfsStorage } from "../../../js/src/storage/opfs.ts";
import { openStorage } from "../../../js/src/worker/open_storage.ts";
import { storageContract } from "../../js/support/storage_contract.mjs";
import { FakeOpfs } from "./fake_opfs.mjs";
import { Random } from "./random.mjs";

const openers = {
  opfs: (name, options) => OpfsStorage.open(name, options),
  indexeddb: (name) => IndexedDbStorage.open(name),
};

function check(condition, message) {
  if (!condition) throw new Error(message);
}

function expectCode(code, action) {
  try {
    action();
  } catch (error) {
    return check(error.code === code, `expected ${code}, found ${error.code}: ${error.message}`);
  }
  throw new Error(`expected ${code}, found no error`);
}

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

function contents(storage) {
  return new Map(
    storage.list().map((file) => {
      const bytes = new Uint8Array(storage.size(file));
      storage.readAt(file, 0, bytes);
      return [file, bytes];
    }),
  );
}

function checkSame(found, expected, where) {
  check(
    same([...found.keys()], [...expected.keys()]),
    `${where}: files ${[...found.keys()]}, expected ${[...expected.keys()]}`,
  );
  for (const [file, bytes] of expected) check(same(found.get(file), bytes), `${where}: file ${file} differs`);
}

/** The names of the cases of the contract that all storages share. */
export function contractCases(kind) {
  // IndexedDB has no exclusive handles: a second opening takes the database over and fences the first, see fenced().
  const names = Object.keys(storageContract({ persistent: true }));
  return names.filter(
    (name) => kind !== "indexeddb" || name !== "a second one cannot be opened while the first is",
  );
}

export async function contract(kind, name) {
  await storageContract({ persistent: true })[name](() =>
    openers[kind](`contract ${name}`, { openMillis: 300 }),
  );
}

/** Random calls, compared with memory after each; closed and opened again now and then. */
export async function model(kind, name, seed, steps, options) {
  const random = new Random(seed);
  const expected = new MemoryStorage();
  let storage = await openers[kind](name, options);
  for (let step = 0; step < steps; step++) {
    const file = random.below(12);
    const action = random.below(16);
    const has = expected.list().includes(file);
    if (!has) {
      for (const each of [storage, expected]) each.create(file);
    } else if (action < 8) {
      const size = expected.size(file);
      const offset = random.chance(0.7) ? size : random.below(size + 1);
      const bytes = random.bytes(random.chance(0.1) ? random.below(200_000) : random.below(300));
      for (const each of [storage, expected]) each.writeAt(file, offset, bytes);
    } else if (action < 10) {
      const size = random.below(expected.size(file) + 1);
      for (const each of [storage, expected]) each.truncate(file, size);
    } else if (action < 13) {
      storage.sync(file);
    } else if (action === 13) {
      for (const each of [storage, expected]) each.remove(file);
      storage.syncNames();
    } else if (random.chance(0.5)) {
      await (random.chance(0.5) ? storage.durable() : storage.settled());
    }
    if (random.chance(0.02)) {
      await storage.close();
      storage = await openers[kind](name, options);
    }
    if (step % 10 === 0) checkSame(contents(storage), contents(expected), `seed ${seed}, step ${step}`);
  }
  checkSame(contents(storage), contents(expected), `seed ${seed}, end`);
  await storage.close();
  return steps;
}

/** More files at once than handles may be held. */
export async function manyFiles(name, count) {
  const options = { handlesMax: 6, spares: 2 };
  let storage = await OpfsStorage.open(name, options);
  for (let file = 0; file < count; file++) {
    storage.create(file);
    storage.writeAt(file, 0, new Uint8Array(70_000).fill(file));
    storage.sync(file);
  }
  storage.syncNames();
  for (let file = 0; file < count; file += 3) storage.writeAt(file, 1, Uint8Array.of(255));
  await storage.settled();
  const expected = contents(storage);
  await storage.close();
  storage = await OpfsStorage.open(name, options);
  checkSame(contents(storage), expected, "reopened");
  for (const file of storage.list()) storage.remove(file);
  await storage.durable();
  await storage.close();
  storage = await OpfsStorage.open(name, options);
  check(storage.list().length === 0, "all removed");
  await storage.close();
}

/** Opens, creates `count` files of `bytes` bytes, syncs, and tells how long that took in milliseconds. */
export async function timings(kind, name, count, bytes) {
  const start = performance.now();
  const storage = await openers[kind](name);
  const opened = performance.now();
  const block = new Uint8Array(bytes);
  const first = Math.max(-1, ...storage.list()) + 1;
  for (let file = first; file < first + count; file++) {
    storage.create(file);
    storage.writeAt(file, 0, block);
    storage.sync(file);
  }
  const written = performance.now();
  await storage.durable();
  const durable = performance.now();
  storage.create(first + count);
  const rounds = 200;
  for (let i = 0; i < rounds; i++) {
    storage.writeAt(first + count, i * 100, block.subarray(0, 100));
    storage.sync(first + count);
    await storage.durable();
  }
  const appended = (performance.now() - durable) / rounds;
  await storage.close();
  return {
    open: opened - start,
    write: written - opened,
    durable: durable - written,
    strictAppend: appended,
  };
}

/** Opens, writes a file per call and never closes: for tests that end the worker. */
let left;
export async function leaveOpen(kind, name, file, fill) {
  left ??= await openers[kind](name);
  left.create(file);
  left.writeAt(file, 0, new Uint8Array(100_000).fill(fill));
  await left.settled();
}

export async function firstBytes(kind, name) {
  const storage = await openers[kind](name);
  const found = [...contents(storage)].map(([file, bytes]) => [file, bytes.length, bytes[0]]);
  await storage.close();
  return found;
}

/** What another tab that opened the same IndexedDB does to this one. */
export async function fenced(name) {
  const old = await IndexedDbStorage.open(name);
  old.create(1);
  await old.durable();
  const owner = await IndexedDbStorage.open(name);
  old.writeAt(1, 0, Uint8Array.of(1));
  const outcome = await old.settled().then(
    () => "written",
    (error) => error.code,
  );
  check(outcome === "FENCED", `found ${outcome}`);
  check(owner.size(1) === 0, "the new owner's state is untouched");
  await owner.close();
}

/** A write that the browser answers with `answer` instead of the length, then one that works. */
export async function shortWrite(name, answer) {
  const storage = await OpfsStorage.open(name);
  storage.create(1);
  storage.writeAt(1, 0, Uint8Array.of(1, 2, 3));
  const { prototype } = FileSystemSyncAccessHandle;
  const original = prototype.write;
  prototype.write = function (bytes, options) {
    original.call(this, bytes.subarray(0, 2), options);
    return answer;
  };
  try {
    expectCode("NO_SPACE", () => storage.writeAt(1, 3, Uint8Array.of(4, 5, 6)));
  } finally {
    prototype.write = original;
  }
  check(storage.size(1) === 3, "the failed write is not part of the file");
  storage.writeAt(1, 3, Uint8Array.of(7));
  const bytes = new Uint8Array(4);
  storage.readAt(1, 0, bytes);
  check(same(bytes, [1, 2, 3, 7]), `found ${bytes}`);
  await storage.close();
}

// The engine's way of writing, in small: immutable files, a root (file 0, two slots written in turn) that names them,
// and removal of what the root names no more. The root is `version`, then pairs of file and fill.
const SLOT = 512;

function publish(storage, version, files) {
  const slot = new Float64Array(SLOT / 8);
  slot.set([version, files.length, ...files.flatMap(({ file, fill, size }) => [file, fill, size])], 1);
  slot[0] = slot.reduce((sum, value, i) => sum + (i > 0 ? value * (i + 1) : 0), 0); // A checksum.
  storage.writeAt(0, (version % 2) * SLOT, new Uint8Array(slot.buffer));
  storage.sync(0);
}

function readRoot(storage) {
  if (!storage.list().includes(0) || storage.size(0) < 2 * SLOT) return { version: 0, files: [] };
  let best = { version: 0, files: [] };
  for (const at of [0, SLOT]) {
    const slot = new Float64Array(SLOT / 8);
    storage.readAt(0, at, new Uint8Array(slot.buffer));
    const sum = slot.reduce((total, value, i) => total + (i > 0 ? value * (i + 1) : 0), 0);
    if (slot[0] !== sum || slot[1] <= best.version) continue;
    const files = [];
    for (let i = 0; i < slot[2]; i++)
      files.push({ file: slot[3 + 3 * i], fill: slot[4 + 3 * i], size: slot[5 + 3 * i] });
    best = { version: slot[1], files };
  }
  return best;
}

// Beside it a log (file 1), whose byte i is logByte(i): appended to, and synced only now and then.
const LOG = 1;
const logByte = (i) => (i * 7 + (i >> 8)) & 255;

/** Cuts the log after its longest good prefix, as the engine does, and answers with its length. */
function recoverLog(storage) {
  if (!storage.list().includes(LOG)) storage.create(LOG);
  const bytes = new Uint8Array(storage.size(LOG));
  storage.readAt(LOG, 0, bytes);
  const bad = bytes.findIndex((byte, i) => byte !== logByte(i));
  if (bad >= 0) storage.truncate(LOG, bad);
  return storage.size(LOG);
}

/** Publishes, compacts, removes and logs until the power fails. Answers with what is durable for certain. */
async function workUntilPowerFails(storage, disk, random, root, history) {
  let { version, files } = root;
  let nextFile = Math.max(LOG, ...storage.list()) + 1;
  const durable = { version, logSize: 0 };
  let syncedLogSize = 0;
  try {
    recoverLog(storage);
    if (!storage.list().includes(0)) storage.create(0);
    if (storage.size(0) < 2 * SLOT)
      storage.writeAt(0, storage.size(0), new Uint8Array(2 * SLOT - storage.size(0)));
    storage.sync(0);
    storage.syncNames();
    for (let step = 0; step < 12; step++) {
      const added = [];
      for (let i = 0; i <= random.below(2); i++) {
        const made = { file: nextFile++, fill: random.below(256), size: 1 + random.below(5000) };
        storage.create(made.file);
        storage.writeAt(made.file, 0, new Uint8Array(made.size >> 1).fill(made.fill));
        storage.writeAt(
          made.file,
          made.size >> 1,
          new Uint8Array(made.size - (made.size >> 1)).fill(made.fill),
        );
        storage.sync(made.file);
        added.push(made);
      }
      const logSize = storage.size(LOG);
      storage.writeAt(
        LOG,
        logSize,
        Uint8Array.from({ length: random.below(700) }, (_, i) => logByte(logSize + i)),
      );
      if (random.chance(0.3)) {
        storage.sync(LOG);
        syncedLogSize = storage.size(LOG);
      }
      storage.syncNames();
      const removed = files.length > 3 ? files.slice(0, 2) : [];
      files = [...files.slice(removed.length), ...added];
      version++;
      history.set(version, files);
      publish(storage, version, files);
      for (const { file } of removed) storage.remove(file);
      storage.syncNames();
      if (random.chance(0.1)) await new Promise((resolve) => setTimeout(resolve, 60)); // All grow old.
      if (random.chance(0.6)) {
        await storage.durable();
        durable.version = version;
        durable.logSize = syncedLogSize;
      }
    }
  } catch (error) {
    if (!disk.failed) throw error;
  }
  return durable;
}

/**
 * Power failures at random calls, over a file system that forgets as Chromium's does and the real IndexedDB. Now and
 * then only the process dies, and what it had not synced is there and counts on being synced by the next one.
 */
export async function powerCuts(name, firstSeed, count) {
  const originalDirectory = navigator.storage.getDirectory;
  const totals = { published: 0, checked: 0, vanished: 0 };
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const random = new Random(seed);
    const disk = new FakeOpfs(30);
    navigator.storage.getDirectory = async () => disk.directory();
    const history = new Map([[0, []]]);
    let durable = { version: 0, logSize: 0 };
    try {
      for (let life = 0; life < 5; life++) {
        const where = `seed ${seed}, life ${life}`;
        const options = { youngMillis: 40, spares: random.below(4), handlesMax: 3 + random.below(20) };
        const storage = await OpfsStorage.open(`${name}-${seed}`, options);
        const root = readRoot(storage);
        checkPublished(storage, root, history, where);
        check(
          root.version >= durable.version,
          `${where}: version ${root.version}, durable was ${durable.version}`,
        );
        const logSize = recoverLog(storage);
        check(
          logSize >= durable.logSize,
          `${where}: the log's good prefix is ${logSize}, durable was ${durable.logSize}`,
        );
        totals.checked++;
        for (const file of storage.list()) {
          if (file > LOG && !root.files.some((named) => named.file === file)) storage.remove(file); // An orphan.
        }
        disk.callsLeft = random.chance(0.1) ? Infinity : 1 + random.below(150);
        durable = await workUntilPowerFails(storage, disk, random, root, history);
        totals.published += durable.version - root.version;
        disk.fail();
        await storage.close().catch(() => {});
        const before = disk.files.size;
        if (random.chance(0.3)) disk.restart();
        else disk.losePower(random);
        totals.vanished += before - disk.files.size;
      }
    } finally {
      navigator.storage.getDirectory = originalDirectory;
    }
  }
  return totals;
}

function checkPublished(storage, root, history, where) {
  const published = JSON.stringify(history.get(root.version));
  check(
    JSON.stringify(root.files) === published,
    `${where}: version ${root.version} is none that was published`,
  );
  for (const { file, fill, size } of root.files) {
    check(storage.list().includes(file), `${where}: file ${file} of version ${root.version} is gone`);
    const bytes = new Uint8Array(storage.size(file));
    storage.readAt(file, 0, bytes);
    const whole = bytes.length === size && bytes.every((byte) => byte === fill);
    check(whole, `${where}: file ${file} is damaged`);
  }
}

/** Much at once into new files, so that it takes several transactions; then what a reopening finds. */
export async function large(kind, name, mebibytes) {
  let storage = await openers[kind](name);
  const start = performance.now();
  const block = new Uint8Array(2 ** 20);
  for (let i = 0; i < mebibytes; i++) {
    const file = 1 + (i % 3);
    if (!storage.list().includes(file)) storage.create(file);
    storage.writeAt(file, storage.size(file), block.fill(i));
  }
  for (const file of storage.list()) storage.sync(file);
  await storage.durable();
  const millis = Math.round(performance.now() - start);
  await storage.close();
  storage = await openers[kind](name);
  for (let i = 0; i < mebibytes; i++) {
    storage.readAt(1 + (i % 3), Math.floor(i / 3) * 2 ** 20, block);
    check(
      block.every((byte) => byte === (i & 255)),
      `MiB ${i} differs`,
    );
  }
  for (const file of storage.list()) storage.remove(file);
  storage.syncNames();
  await storage.durable();
  await storage.close();
  return millis;
}

/** What `storage: "auto"` chooses where things are missing: [kind, note] each. */
export async function fallbacks() {
  const found = [];
  const note = async () => {
    const storage = await openStorage({ name: "fallback", storage: "auto" });
    found.push([storage.description.kind, storage.description.note ?? ""]);
    await storage.close();
  };
  const { createSyncAccessHandle } = FileSystemFileHandle.prototype;
  const { databases } = IDBFactory.prototype;
  try {
    await note();
    delete FileSystemFileHandle.prototype.createSyncAccessHandle;
    await note();
    IDBFactory.prototype.databases = () => Promise.reject(new DOMException("denied", "SecurityError"));
    await note();
    for (const kind of ["opfs", "indexeddb", "file"]) {
      const outcome = await openStorage({ name: "fallback", storage: kind }).then(
        () => "opened",
        (error) => error.code,
      );
      check(outcome === "UNSUPPORTED", `${kind}: ${outcome}`);
    }
  } finally {
    FileSystemFileHandle.prototype.createSyncAccessHandle = createSyncAccessHandle;
    IDBFactory.prototype.databases = databases;
  }
  return found;
}
