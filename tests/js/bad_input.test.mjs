// What bad input gets: a typed error that names the place, nothing of the batch stored, and the next call works.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, StrataError } from "stratadb";

async function fresh(t, config = {}) {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  return { db, c: await db.collection("points", { dimension: 2, metric: "l2", ...config }) };
}

async function refused(promise, message) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof StrataError, `${error}`);
    assert.equal(error.code, "INVALID_ARGUMENT", error.message);
    if (message) assert.match(error.message, message);
    return true;
  });
}

test("a bad vector is refused with its place, and nothing of its batch is stored", async (t) => {
  for (const metric of ["l2", "cosine", "dot"]) {
    const db = await open("test", { storage: "memory" });
    t.after(() => db.close());
    const c = await db.collection("points", { dimension: 2, metric });
    const bad = [
      [[1, NaN], /\b1\b.*NaN/],
      [[Infinity, 1], /\b0\b.*infinit/i],
      [Float32Array.of(1, -Infinity), /infinit/i],
      [[1], /1 numbers, expected 2/],
      [[1, 2, 3], /3 numbers, expected 2/],
      [[], /0 numbers, expected 2/],
      [[1, "2"], /vector\[1\] is "2"/],
      [[1, undefined], /vector\[1\] is undefined/],
      [[, 1], /vector\[0\] is undefined/],
      [[1, 1e39], /32-bit/],
      ["12", /found "12"/],
      [7, /found 7/],
      [null, /found null/],
      [{ 0: 1, 1: 2, length: 2 }, /found an object/],
      [new Uint8Array(2), /found an object/],
    ];
    for (const [vector, message] of bad) {
      await refused(
        c.upsert([
          { id: "good", vector: [1, 2] },
          { id: "bad", vector },
        ]),
        message,
      );
      // A string is no vector, but words to search for.
      if (typeof vector !== "string") await refused(c.search(vector ?? null), null);
    }
    assert.equal(await c.count(), 0);
    await c.upsert([{ id: "good", vector: [1, 2] }]);
    assert.equal((await c.search([1, 2])).length, 1);
  }
});

test("the zero vector has no direction, so cosine refuses it and the others do not", async (t) => {
  const { c: cosine } = await fresh(t, { metric: "cosine" });
  await refused(cosine.upsert([{ id: 1, vector: [0, -0] }]), /zero/);
  await refused(cosine.search([0, 0]), /zero/);
  await cosine.upsert([{ id: 1, vector: [1e-12, 0] }]);
  const { c: l2 } = await fresh(t);
  await l2.upsert([{ id: 1, vector: [0, 0] }]);
  assert.equal((await l2.search([0, 0]))[0].distance, 0);
});

test("denormal numbers and minus zero are stored as they are", async (t) => {
  const { c } = await fresh(t);
  const vector = Float32Array.of(1e-45, -0);
  await c.upsert([{ id: 1, vector }]);
  const found = (await c.get(1)).vector;
  assert.equal(found[0], vector[0]);
  assert.ok(Object.is(found[1], -0));
});

test("k, efSearch and the other options are checked", async (t) => {
  const { c } = await fresh(t);
  await c.upsert([{ id: 1, vector: [1, 2] }]);
  for (const k of [0, -1, 1.5, 2 ** 31, NaN, "10", null])
    await refused(c.search([1, 2], { k }), /\bk must be/);
  for (const efSearch of [0, -5, 2 ** 31]) await refused(c.search([1, 2], { efSearch }), /efSearch must be/);
  for (const probes of [0, 1.5, 2 ** 31]) await refused(c.search([1, 2], { probes }), /probes must be/);
  await refused(c.search([1, 2], { radius: NaN }), /radius/);
  await refused(c.search([1, 2], { exact: 1 }), /exact/);
  await refused(c.search([1, 2], { include: ["everything"] }), /include/);
  await refused(c.search([1, 2], { limit: 3 }), /has no option "limit"/);
  await refused(c.search([1, 2], 10), /must be an object/);
  assert.equal((await c.search([1, 2], { k: 2 ** 31 - 1, efSearch: 1 })).length, 1);
});

test("a search in an empty collection, or with every vector equal, is fine", async (t) => {
  const { c } = await fresh(t);
  assert.deepEqual(await c.search([1, 2]), []);
  const none = await c.searchMany([1, 2, 3, 4], { k: 2 });
  assert.deepEqual([none.k, none.ids, [...none.counts]], [0, [], [0, 0]]);
  await c.upsert(Array.from({ length: 50 }, (_, id) => ({ id, vector: [1, 1] })));
  assert.deepEqual(
    (await c.search([1, 1], { k: 3 })).map(({ id }) => id),
    [0, 1, 2],
  );
});

test("ids that cannot be kept as they are are refused", async (t) => {
  const { c } = await fresh(t);
  const bad = [
    2 ** 53,
    -(2 ** 53),
    1.5,
    NaN,
    Infinity,
    "",
    "\ud800",
    "a\udc00b",
    "x".repeat(5000),
    "é".repeat(2049),
    null,
    undefined,
    {},
    [],
    true,
    1n,
  ];
  for (const id of bad) {
    await refused(c.upsert([{ id: "good" }, { id }]), /record 1|op 1/);
    await refused(c.get(id));
    await refused(c.has(id));
    await refused(c.delete([id]));
    await refused(c.update(id, { text: "x" }));
  }
  assert.equal(await c.count(), 0);
});

test("ids and keys that mean something to JavaScript mean nothing special here", async (t) => {
  const { c } = await fresh(t);
  const names = [
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "0",
    "-1",
    "length",
  ];
  await c.upsert(names.map((id) => ({ id, metadata: JSON.parse(`{"${id}": {"polluted": true}, "n": 1}`) })));
  for (const id of names) {
    const { metadata } = await c.get(id);
    assert.ok(Object.hasOwn(metadata, id), id);
    assert.deepEqual(JSON.parse(JSON.stringify(metadata))[id], { polluted: true }, id);
    assert.equal(await c.count({ [`${id}.polluted`]: true }), 1, id);
  }
  assert.equal({}.polluted, undefined);
  assert.equal((await c.getMany(names)).length, names.length);
});

test("records and columns of the wrong shape are refused", async (t) => {
  const { c } = await fresh(t);
  for (const records of [undefined, null, 7, "records", {}, { ids: "ab" }, [null], [7], ["a"], [[]], [{}]]) {
    await refused(c.upsert(records));
  }
  await refused(c.upsert([{ id: 1, meta: {} }]), /field "meta"/);
  await refused(c.upsert({ ids: [1], vector: [1, 2] }), /column "vector"/);
  await refused(c.upsert({ ids: [1, 2], vectors: [1, 2, 3] }), /3 numbers, expected 4/);
  await refused(c.upsert({ ids: [1], metadata: [{}, {}] }), /2 entries/);
  await refused(c.upsert([{ id: 1, text: 5 }]), /text must be a string/);
  await refused(c.upsert([{ id: 1, text: "\ud800" }]), /surrogate/);
  await refused(c.upsert([{ id: 1, metadata: [] }]), /metadata must be an object/);
  await refused(c.upsert([{ id: 1, metadata: { a: NaN } }]), /metadata\.a is NaN/);
  await refused(c.upsert([{ id: 1, metadata: { a: "\udfff" } }]), /surrogate/);
  assert.equal(await c.count(), 0);
  assert.deepEqual(await c.upsert([]), { changed: 0, sequence: 0 });
});

test("large values round-trip, and larger ones are refused", async (t) => {
  const { c } = await fresh(t);
  const megabyte = "é".repeat(2 ** 19);
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));
  await c.upsert([
    { id: "big", text: megabyte, metadata: { megabyte } },
    { id: "keys", metadata: keys },
  ]);
  const big = await c.get("big");
  assert.equal(big.text, megabyte);
  assert.equal(big.metadata.megabyte, megabyte);
  assert.deepEqual((await c.get("keys")).metadata, keys);
  await refused(c.upsert([{ id: 1, metadata: { x: "y".repeat(5 * 2 ** 20) } }]), /metadata/);
  await refused(c.upsert([{ id: 1, text: "y".repeat(17 * 2 ** 20) }]), /text/);
  assert.equal(await c.count(), 2);
});

test("metadata nested too deeply is refused or comes back whole, and never ends the engine", async (t) => {
  const { c } = await fresh(t);
  for (const depth of [10, 50, 200, 1000, 5000]) {
    const metadata = JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
    const stored = await c.upsert([{ id: depth, metadata }]).then(
      () => true,
      (error) => assert.equal(error.code, "INVALID_ARGUMENT"),
    );
    if (stored) assert.equal(JSON.stringify((await c.get(depth)).metadata), JSON.stringify(metadata));
    else assert.ok(depth > 50, `depth ${depth} should be stored`);
  }
});

test("malformed filters are refused in bounded time, and say where they go wrong", async (t) => {
  const { c } = await fresh(t);
  await c.upsert(
    Array.from({ length: 100 }, (_, id) => ({
      id,
      vector: [id, 1],
      metadata: { year: id, s: "a".repeat(50) },
    })),
  );
  const deep = (depth) => JSON.parse(`${'{"$not":'.repeat(depth)}{"a":1}${"}".repeat(depth)}`);
  const bad = [
    "year >",
    "year >= ",
    "((((",
    "year = 'unclosed",
    "and",
    "year >>> 3",
    "\u0000",
    "year ~ 3",
    { $nonsense: 1 },
    { year: { $nonsense: 1 } },
    { $and: 7 },
    { $or: [7] },
    { year: { $in: 3 } },
    { year: { $exists: "yes" } },
    [],
    7,
    true,
    () => {},
    "(".repeat(10_000) + "year = 1" + ")".repeat(10_000),
    "not ".repeat(10_000) + "year = 1",
    deep(5000),
    `year = ${"9".repeat(300_000)}`,
  ];
  for (const filter of bad) {
    const started = performance.now();
    await refused(c.search([1, 2], { filter }));
    await refused(c.count(filter));
    await refused(c.deleteWhere(filter));
    assert.ok(
      performance.now() - started < 500,
      `took ${performance.now() - started} ms: ${String(filter).slice(0, 40)}`,
    );
  }
  await refused(c.deleteWhere(""), /needs a filter/);
  await refused(c.deleteWhere(undefined), /needs a filter/);
  assert.equal(await c.count(), 100);
  assert.equal(await c.count(`year = 1.${"0".repeat(300_000)}`), 1); // As long as that, and a number all the same.
  const wide = { $or: Array.from({ length: 2000 }, (_, n) => ({ year: n })) };
  assert.equal(
    await c.count(wide).catch((error) => (assert.equal(error.code, "INVALID_ARGUMENT"), 100)),
    100,
  );
  assert.equal(await c.count(`s contains '${"a".repeat(40)}b' or s startsWith '${"a".repeat(50)}'`), 100);
});

test("options of open and collection are checked", async (t) => {
  const { db } = await fresh(t);
  const badOpen = [
    { storage: "cloud" },
    { durability: "maybe" },
    { memoryBudget: 1 },
    { memoryBudget: "2GB" },
    { readOnly: "no" },
    { threads: 0 },
    { unknown: 1 },
    7,
  ];
  for (const options of badOpen) await refused(open("x", options));
  await refused(open(""), /location/);
  await refused(open(undefined, { storage: "memory" }), /location/);
  await refused(open("a\0b"), /location/);
  await assert.rejects(open("x", { storage: "opfs" }), { code: "UNSUPPORTED" });
  const badCollection = [
    { dimension: -1 },
    { dimension: 65537 },
    { dimension: 1.5 },
    { dimension: "3" },
    { metric: "manhattan" },
    { index: "btree" },
    { index: { type: "hnsw", m: 1 } },
    { index: { type: "hnsw", m: 16, ef: 3 } },
    { index: { type: "hnsw", m: 64, efConstruction: 32 } },
    { quantization: "pq4" },
    { quantization: {} },
    { quantization: { type: "pq", bits: 5 } },
    { quantization: { type: "pq", bits: 16 } },
    { quantization: { type: "pq", slices: 513 } },
    { quantization: { type: "pq", rotate: 1 } },
    { quantization: { type: "rabitq", bits: 0 } },
    { quantization: { type: "rabitq", rotate: true } },
    { quantization: { type: "sq8", bits: 8 } },
    { index: 7 },
    { index: { type: "flat", m: 8 } },
    { index: { type: "kd-tree", tables: 4 } },
    { index: { type: "kd-tree", leafRows: 0 } },
    { index: { type: "lsh", hashes: 33 } },
    { index: { type: "lsh", tables: 1.5 } },
    { index: { type: "kd-lsh", tables: 2 } },
    { index: { type: "kd-lsh", recallTarget: 1 } },
    { index: { type: "kd-lsh", recallTarget: "0.9" } },
    { indexed: "year" },
    { indexed: [1] },
    { dims: 3 },
  ];
  for (const config of badCollection) await refused(db.collection("c", config));
  for (const name of ["", "\ud800", "x".repeat(256), 7, null])
    await refused(db.collection(name, { dimension: 2 }));
  assert.deepEqual(await db.collections(), ["points"]);
});

test("bytes that are no WebAssembly module are refused, and a module can be given in any form", async (t) => {
  await refused(
    open("x", { storage: "memory", wasm: new Uint8Array([1, 2, 3]) }),
    /not a WebAssembly module/,
  );
  await assert.rejects(open("x", { storage: "memory", wasm: "/no/such/file.wasm" }), { code: "IO_ERROR" });
  const { readFile } = await import("node:fs/promises");
  const url = new URL(
    "./strata.wasm",
    import.meta.resolve("stratadb/package.json").replace(/package\.json$/, "dist/"),
  );
  const bytes = await readFile(url);
  for (const wasm of [url, url.href, url.pathname, bytes, await WebAssembly.compile(bytes)]) {
    const db = await open("x", { storage: "memory", wasm });
    t.after(() => db.close());
    assert.deepEqual(await db.collections(), []);
  }
});
