// What the worked examples of docs/formats/ do, and what is found in IndexedDB afterwards.
import { IndexedDbStorage } from "../../../js/src/storage/indexeddb.ts";
import { OpfsStorage } from "../../../js/src/storage/opfs.ts";
import { FakeOpfs } from "./fake_opfs.mjs";

const MADE = 1_750_000_000_000;
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** [store, key, value] of everything in an IndexedDB database. */
async function entriesOf(name) {
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const db = await done(indexedDB.open(name));
  const entries = [];
  for (const store of db.objectStoreNames) {
    const objects = db.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
    keys.forEach((key, i) => entries.push([store, key, values[i]]));
  }
  db.close();
  return entries;
}

const text = (store, key, value) =>
  `${store.padEnd(7)} ${JSON.stringify(key).replace(",", ", ").padEnd(8)} ${value}`;
const counted = (bytes, shown) => `${bytes.length} bytes: ${shown}`;

/** As the page has it: what is long and all the same in the middle is left out. */
function shown(bytes) {
  if (bytes.length < 50) return hex(bytes);
  if (bytes.every((byte) => byte === bytes[0]))
    return `${hex(bytes.subarray(0, 1))} ... ${hex(bytes.subarray(0, 1))}`;
  return `${hex(bytes.subarray(0, 8))} ... ${hex(bytes.subarray(4096))}`;
}

export async function bridgeExample(name) {
  const { getDirectory } = navigator.storage;
  const { now } = Date;
  const disk = new FakeOpfs(30);
  navigator.storage.getDirectory = async () => disk.directory();
  Date.now = () => MADE;
  try {
    const storage = await OpfsStorage.open(name, { spares: 2 });
    storage.create(5);
    storage.writeAt(5, 0, Uint8Array.of(1, 2, 3));
    storage.sync(5);
    await storage.durable();
    storage.writeAt(5, 0, Uint8Array.of(9));
    storage.sync(5);
    await storage.durable();
    await storage.close();
  } finally {
    navigator.storage.getDirectory = getDirectory;
    Date.now = now;
  }
  return (await entriesOf(`stratadb-bridge/${name}`)).map(
    ([store, key, { generation, size, offset, bytes }]) =>
      store === "files"
        ? text(store, key, `generation ${generation}, size ${size}`)
        : text(store, key, `generation ${generation}, offset ${offset}, ${counted(bytes, shown(bytes))}`),
  );
}

export async function indexedDbExample(name) {
  const storage = await IndexedDbStorage.open(name);
  storage.create(0);
  storage.writeAt(0, 0, Uint8Array.of(1, 2, 3));
  storage.create(7);
  storage.writeAt(7, 0, new Uint8Array(65_536).fill(0xaa));
  storage.writeAt(7, 65_536, Uint8Array.of(0xbb));
  await storage.durable();
  await storage.close();
  return (await entriesOf(`stratadb/${name}`)).map(([store, key, value]) => {
    if (store === "meta")
      return text(store, key, /^[0-9a-f]{32}$/.test(value) ? "32 hexadecimal digits" : value);
    return text(store, key, store === "files" ? value : counted(value, shown(value)));
  });
}
