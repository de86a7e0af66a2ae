import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "stratadb";

async function fresh(t) {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  return { db, c: await db.collection("records", { dimension: 1, metric: "l2" }) };
}

const ids = async (scan) => {
  const found = [];
  for await (const { id } of scan) found.push(id);
  return found;
};

test("a scan walks integers by value, then strings by their UTF-8 bytes", async (t) => {
  const { db, c } = await fresh(t);
  const ordered = [
    -(2 ** 53 - 1),
    -300,
    -1,
    0,
    1,
    255,
    256,
    2 ** 40,
    "1",
    "10",
    "2",
    "A",
    "a",
    "ab",
    "b",
    "é",
    "\uffff",
    "😀",
  ];
  await c.upsert([...ordered].reverse().map((id) => ({ id })));
  assert.deepEqual(await ids(c.scan()), ordered);
  await db.flush();
  assert.deepEqual(await ids(c.scan()), ordered);
});

test("ranges include their start and not their end, across memtable and segments", async (t) => {
  const { db, c } = await fresh(t);
  await c.upsert(Array.from({ length: 600 }, (_, n) => ({ id: 2 * n, metadata: { n } })));
  await db.flush();
  await c.upsert(Array.from({ length: 600 }, (_, n) => ({ id: 2 * n + 1, metadata: { n } })));
  await c.delete([11, 12]);
  assert.deepEqual(await ids(c.scan({ from: 9, to: 15 })), [9, 10, 13, 14]);
  assert.equal((await ids(c.scan())).length, 1198);
  assert.deepEqual(await ids(c.scan({ from: 1190, limit: 3 })), [1190, 1191, 1192]);
  assert.deepEqual(await ids(c.scan({ filter: { n: 7 } })), [14, 15]);
  assert.deepEqual(await ids(c.scan({ limit: 0 })), []);
  assert.deepEqual(await ids(c.scan({ from: "a" })), []);
});

test("a prefix finds the strings that begin with it, and no integers", async (t) => {
  const { c } = await fresh(t);
  await c.upsert(["book/1", "book/2", "bool", "boo", 5, "book\uffff"].map((id) => ({ id })));
  assert.deepEqual(await ids(c.scan({ prefix: "book" })), ["book/1", "book/2", "book\uffff"]);
  assert.deepEqual(await ids(c.scan({ prefix: "book", from: "book/2" })), ["book/2", "book\uffff"]);
});

test("a scan sees one state, whatever is written meanwhile", async (t) => {
  const { db, c } = await fresh(t);
  await c.upsert(Array.from({ length: 1000 }, (_, id) => ({ id, text: "old" })));
  let count = 0;
  for await (const { id, text } of c.scan()) {
    assert.equal(id, count++);
    assert.equal(text, "old");
    if (id === 10) await c.upsert(Array.from({ length: 2000 }, (_, n) => ({ id: n, text: "new" })));
    if (id === 300) await db.compact();
    if (id === 600) await c.deleteWhere("not nothing exists");
  }
  assert.equal(count, 1000);
});

test("leaving a scan early gives its cursor back", async (t) => {
  const { c } = await fresh(t);
  await c.upsert(Array.from({ length: 1000 }, (_, id) => ({ id })));
  for (let n = 0; n < 50; n++) {
    for await (const { id } of c.scan()) if (id === 300) break;
  }
  assert.equal(await c.count(), 1000);
});

test("a scan ends when its signal fires", async (t) => {
  const { c } = await fresh(t);
  await c.upsert(Array.from({ length: 1000 }, (_, id) => ({ id })));
  const controller = new AbortController();
  const scan = (async () => {
    for await (const { id } of c.scan({ signal: controller.signal })) if (id === 3) controller.abort();
  })();
  await assert.rejects(scan, { name: "StrataError", code: "ABORTED" });
});

test("a snapshot keeps the state it was made at, through deletes, flushes and compactions", async (t) => {
  const { db, c } = await fresh(t);
  await c.upsert(Array.from({ length: 500 }, (_, id) => ({ id, vector: [id], metadata: { id } })));
  const snapshot = await c.snapshot();
  await c.delete(Array.from({ length: 250 }, (_, n) => 2 * n));
  await c.upsert([
    { id: 1, vector: [1000] },
    { id: 1000, vector: [0] },
  ]);
  await db.compact();
  assert.equal(await c.count(), 251);
  assert.equal(await snapshot.count(), 500);
  assert.equal(await snapshot.count({ id: { $lt: 10 } }), 10);
  assert.deepEqual((await snapshot.get(0)).vector, Float32Array.of(0));
  assert.equal(await snapshot.has(1000), false);
  assert.deepEqual(
    (await snapshot.search([0], { k: 3 })).map(({ id }) => id),
    [0, 1, 2],
  );
  assert.equal((await ids(snapshot.scan())).length, 500);
  await snapshot.close();
  await snapshot.close();
  await assert.rejects(snapshot.count(), { code: "CLOSED" });
});

test("a snapshot of one collection does not answer for another, nor a cursor after it was closed", async (t) => {
  const { c, db } = await fresh(t);
  await c.upsert([{ id: 1 }]);
  const other = await db.collection("other", {});
  const snapshot = await c.snapshot();
  await db.drop("records");
  await assert.rejects(snapshot.count(), { code: "NOT_FOUND" });
  assert.equal(await other.count(), 0);
});
