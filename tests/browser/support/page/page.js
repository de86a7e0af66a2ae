// A plain page: the package from a script tag, with no bundler.
import * as strata from "/dist/browser/index.js";

const DIMENSION = 8;

/** The vector of record `n`: the same wherever it is computed. */
const vectorOf = (n) => Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(n * (i + 1)) + 1e-3);
const recordOf = (n) => ({
  id: `r${n}`,
  vector: vectorOf(n),
  metadata: { n, even: n % 2 === 0 },
  text: `record ${n}`,
});

const databases = new Map();

globalThis.strata = strata;
globalThis.test = {
  async open(name, options) {
    const db = await strata.open(name, options);
    const collection = await db.collection("records", { dimension: DIMENSION });
    databases.set(name, { db, collection });
    return { storage: db.storage, recovery: db.recovery };
  },
  database: (name) => databases.get(name).db,
  collection: (name) => databases.get(name).collection,
  put: (name, ...numbers) => databases.get(name).collection.upsert(numbers.map(recordOf)),
  /** Writes records [from, to) one by one; `onAcknowledged` hears of each that is stored. */
  async stream(name, from, to, onAcknowledged = () => {}) {
    for (let n = from; n < to; n++) {
      await test.put(name, n);
      onAcknowledged(n);
    }
  },
  /** The numbers of all records, as their metadata tells them, in order. */
  async numbers(name) {
    const found = [];
    for await (const { metadata } of databases.get(name).collection.scan({ include: ["metadata"] }))
      found.push(metadata.n);
    return found.sort((a, b) => a - b);
  },
  nearest: async (name, n) => (await databases.get(name).collection.search(vectorOf(n), { k: 1 }))[0]?.id,
  code: (promise) =>
    promise.then(
      () => "no error",
      (error) => `${error.constructor === strata.StrataError} ${error.code}`,
    ),
};
