// The engine behind the public classes: what a storage that fails does to it, and what requests from strangers get.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importSources } from "./support/source.mjs";

const { Engine, MemoryStorage, BatchWriter, packIds, packOptions, decodeRecords, StrataError } =
  await importSources(
    "engine/engine.ts",
    "storage/memory_storage.ts",
    "wire/batch.ts",
    "wire/records.ts",
    "errors.ts",
    "pack_options.ts",
  );
const module = await WebAssembly.compile(
  readFileSync(new URL("../../build/wasm-simd/strata.wasm", import.meta.url)),
);
const wasm = { module };

/** Files in memory that count calls, fail when told to, and survive close() so that they can be opened again. */
class FaultyStorage extends MemoryStorage {
  calls = {};
  /** Name of a method -> the code of the error it throws. */
  failing = {};
  async close() {}
}
for (const name of ["create", "readAt", "writeAt", "truncate", "sync", "syncNames", "remove"]) {
  FaultyStorage.prototype[name] = function (...args) {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    if (this.failing[name]) throw new StrataError(this.failing[name], `injected failure of ${name}`);
    return MemoryStorage.prototype[name].apply(this, args);
  };
}

const OPTIONS = {
  strict: false,
  readOnly: false,
  create: true,
  refuseDamaged: false,
  memoryBudget: 64 * 2 ** 20,
};
const COLLECTION = packOptions({ dimension: 2, metric: "l2" });

async function opened(t, options = {}, storage = new FaultyStorage()) {
  const engine = await Engine.open(wasm, storage, { ...OPTIONS, ...options });
  t.after(() => engine.call("close", {}).catch(() => {}));
  await engine.call("openCollection", { name: "c", options: COLLECTION });
  return { engine, storage };
}

function upsertArgs(...ids) {
  const batch = new BatchWriter();
  for (const id of ids) batch.op(0, id, 2);
  return { collection: "c", head: batch.finish(), vectors: new Float32Array(2 * ids.length).fill(1) };
}
const upsert = (engine, ...ids) => engine.call("write", upsertArgs(...ids));
const has = (engine, id) => engine.call("has", { collection: "c", ids: packIds([id]) });

test("strict writes that wait in one turn share one sync", async (t) => {
  const { engine, storage } = await opened(t, { strict: true });
  storage.calls = {};
  await Promise.all(Array.from({ length: 100 }, (_, n) => upsert(engine, n)));
  assert.equal(storage.calls.sync, 1);
  await upsert(engine, 100);
  assert.equal(storage.calls.sync, 2);
});

test("relaxed writes sync nothing", async (t) => {
  const { engine, storage } = await opened(t);
  storage.calls = {};
  for (let n = 0; n < 20; n++) await upsert(engine, n);
  assert.equal(storage.calls.sync ?? 0, 0);
});

test("after a failed sync writing ends until reopened, reading goes on, and nothing acknowledged is lost", async (t) => {
  const { engine, storage } = await opened(t, { strict: true });
  await upsert(engine, "kept");
  storage.failing.sync = "IO_ERROR";
  const results = await Promise.allSettled([upsert(engine, "a"), upsert(engine, "b")]);
  assert.deepEqual(
    results.map(({ reason }) => reason?.code),
    ["IO_ERROR", "IO_ERROR"],
  );
  storage.failing = {};
  await assert.rejects(upsert(engine, "c"), { code: "READ_ONLY" });
  assert.equal(await has(engine, "kept"), true);
  const again = await opened(t, {}, storage);
  assert.equal(await has(again.engine, "kept"), true);
  await upsert(again.engine, "c");
});

test("a full disk refuses the write, keeps everything readable, and takes writes again once there is room", async (t) => {
  const { engine, storage } = await opened(t);
  await upsert(engine, 1);
  storage.failing.writeAt = "NO_SPACE";
  await assert.rejects(upsert(engine, 2), { name: "StrataError", code: "NO_SPACE", message: /injected/ });
  assert.equal(await has(engine, 1), true);
  assert.equal(await has(engine, 2), false);
  storage.failing = {};
  await upsert(engine, 3);
  const again = await opened(t, {}, storage);
  assert.equal(await has(again.engine, 2), false);
  assert.equal(await has(again.engine, 3), true);
});

test("what a storage throws that is no StrataError arrives as IO_ERROR with its message", async (t) => {
  const { engine, storage } = await opened(t);
  storage.writeAt = () => {
    throw new TypeError("a bug in the storage");
  };
  await assert.rejects(upsert(engine, 2), { code: "IO_ERROR", message: /a bug in the storage/ });
});

test("a write that is sent again with its token applies once", async (t) => {
  const { engine, storage } = await opened(t);
  const token = { client: 0xfedcba9876543210n, request: 7 };
  const batch = new BatchWriter();
  batch.op(1, "once"); // insert: a second time would be ALREADY_EXISTS
  const send = (to) => to.call("write", { collection: "c", head: batch.finish(), token });
  const first = await send(engine);
  assert.equal(first.repeated, false);
  const second = await send(engine);
  assert.deepEqual([second.repeated, second.sequence], [true, first.sequence]);
  await assert.rejects(
    engine.call("write", { collection: "c", head: batch.finish(), token: { ...token, request: 8 } }),
    { code: "ALREADY_EXISTS" },
  );
  // The next owner of the same files knows it too.
  const { engine: next } = await opened(t, {}, storage);
  assert.equal((await send(next)).repeated, true);
});

test("a head of random or cut bytes is refused, and what it is cut from still works", async (t) => {
  const { engine } = await opened(t);
  const whole = upsertArgs("a", 2, "c");
  for (let length = 1; length < whole.head.length; length++) {
    const cut = { ...whole, head: whole.head.slice(0, length) };
    await assert.rejects(engine.call("write", cut), { code: "INVALID_ARGUMENT" }, `cut to ${length}`);
  }
  for (const head of [
    [0x1f],
    [0, 9],
    [0, 2, 255, 255, 255, 255],
    [0, 1, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
    [0x10, 2, 1, 0, 0, 0, 97],
  ]) {
    const refused = engine.call("write", { collection: "c", head: Uint8Array.from(head) });
    await assert.rejects(refused, { code: "INVALID_ARGUMENT" }, `${head}`);
  }
  await assert.rejects(engine.call("get", { collection: "c", ids: Uint8Array.of(2, 9), include: 0 }), {
    code: "INVALID_ARGUMENT",
  });
  assert.equal(await engine.call("count", { collection: "c", filter: "" }), 0);
  await engine.call("write", whole);
  assert.equal(await engine.call("count", { collection: "c", filter: "" }), 3);
});

test("handles that are not, or belong to another collection, are refused", async (t) => {
  const { engine } = await opened(t);
  await upsert(engine, 1);
  await engine.call("openCollection", { name: "other", options: COLLECTION });
  const { view } = await engine.call("view", { collection: "c" });
  await assert.rejects(engine.call("count", { collection: "other", filter: "", view }), { code: "CLOSED" });
  await assert.rejects(engine.call("count", { collection: "c", filter: "", view: view + 1000 }), {
    code: "CLOSED",
  });
  await assert.rejects(engine.call("scanNext", { cursor: 4242, page: 10 }), { code: "CLOSED" });
  await engine.call("scanClose", { cursor: 4242 });
  await engine.call("viewClose", { view: 4242 });
  assert.equal(await engine.call("count", { collection: "c", filter: "", view }), 1);
});

test("requests that make no sense are refused, and the engine goes on", async (t) => {
  const { engine } = await opened(t);
  const requests = [
    ["nonsense", {}],
    ["toString", {}],
    ["constructor", {}],
    ["__proto__", {}],
    ["write", {}],
    ["write", { collection: "c" }],
    ["write", { ...upsertArgs(1), token: { client: 5, request: "x" } }],
    ["write", { ...upsertArgs(1), token: { client: "5", request: 1 } }],
    ["write", { ...upsertArgs(1), token: { client: -1n, request: -1 } }],
    ["write", { ...upsertArgs(1), vectors: "11" }],
    ["search", { collection: "c", query: [1, 2], search: {} }],
    ["search", { collection: "c" }],
    ["get", { collection: "c", ids: "a" }],
    ["scan", { collection: "c" }],
    ["openCollection", {}],
    ["openCollection", { name: 7 }],
    ["openCollection", { name: "x", options: { numbers: [] } }],
    ["openCollection", { name: "x", options: { numbers: [1, 2, 3] } }],
    ["openCollection", { name: "x", options: { numbers: COLLECTION.numbers.with(1, 9) } }],
    ["openCollection", { name: "x", options: { numbers: COLLECTION.numbers.with(6, 2 ** 31) } }],
    ["openCollection", { name: "x", options: { numbers: "all" } }],
    ["inspect", { collection: "c", what: 99 }],
    ["inspect", { collection: "c", what: 3, argument: "x" }],
  ];
  for (const [method, args] of requests) {
    await assert.rejects(engine.call(method, args), StrataError, `${method} ${Object.keys(args)}`);
  }
  await upsert(engine, 1);
  const reply = await engine.call("get", { collection: "c", ids: packIds([1]), include: 7 });
  assert.equal(decodeRecords(reply)[0].id, 1);
});

test("a storage that fails while opening gives a typed error and is closed", async () => {
  for (const method of ["create", "writeAt", "sync", "syncNames"]) {
    const storage = new FaultyStorage();
    storage.failing[method] = "IO_ERROR";
    let closed = false;
    storage.close = async () => void (closed = true);
    await assert.rejects(
      Engine.open(wasm, storage, OPTIONS),
      { name: "StrataError", code: "IO_ERROR" },
      method,
    );
    assert.ok(closed, method);
  }
});

test("a call that fails while background work takes its turn is a rejection that its caller can catch", async (t) => {
  const { engine } = await opened(t);
  await upsert(engine, ...Array.from({ length: 5000 }, (_, n) => n));
  await engine.call("flush", {}); // From here on an index is built.
  let waited = 0;
  for (let i = 0; i < 30; i++) {
    const until = performance.now() + 10;
    while (performance.now() < until); // Now background work is overdue, so the answer waits for it.
    const before = performance.now();
    await assert.rejects(engine.call("drop", { name: "nowhere" }), { code: "NOT_FOUND" });
    if (performance.now() - before > 1) waited++;
  }
  // An unhandled rejection on the way fails this test, as it would end a program.
  assert.ok(waited > 0, "no call waited for background work");
});

test("a new collection is acknowledged when it is as safe as a write", async (t) => {
  for (const strict of [false, true]) {
    const { engine, storage } = await opened(t, { strict });
    let release;
    const held = new Promise((resolve) => (release = resolve));
    storage[strict ? "durable" : "settled"] = () => held;
    let made = false;
    const making = engine
      .call("openCollection", { name: "new", options: COLLECTION })
      .then(() => (made = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(made, false, `strict: ${strict}`);
    release();
    await making;
  }
});

test("a collection of a database that is read-only can be opened with its options", async (t) => {
  for (const strict of [false, true]) {
    const { engine, storage } = await opened(t);
    await engine.call("close", {});
    const reader = await Engine.open(wasm, storage, { ...OPTIONS, strict, readOnly: true, create: false });
    t.after(() => reader.call("close", {}));
    const { numbers } = await reader.call("openCollection", { name: "c", options: COLLECTION });
    assert.deepEqual(numbers, COLLECTION.numbers);
  }
});

test("an engine whose opening fails at the last step leaves its storage alone", async (t) => {
  const { engine, storage } = await opened(t);
  await upsert(engine, ...Array.from({ length: 3000 }, (_, n) => n));
  await engine.call("flush", {});
  await engine.call("close", {});
  storage.durable = () => Promise.reject(new StrataError("FENCED", "another tab was faster"));
  await assert.rejects(Engine.open(wasm, storage, OPTIONS), { code: "FENCED" });
  storage.calls = {};
  await new Promise((resolve) => setTimeout(resolve, 100)); // Building the index would be due.
  assert.deepEqual(storage.calls, {});
});
