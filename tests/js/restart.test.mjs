// An engine that is cut off in the middle of a call is replaced by the next call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";
import { randomVectors } from "./support/vectors.mjs";

const DIMENSION = 8;
const columns = (first, count) => ({
  ids: Array.from({ length: count }, (_, n) => first + n),
  vectors: randomVectors(count, DIMENSION, first + 1),
});

/** A call that is cut off in the middle of the engine: what it asks JavaScript for there, to read a number, throws. */
function cutOff(collection) {
  const { fromCharCode } = String;
  String.fromCharCode = () => {
    throw new Error("cut off");
  };
  try {
    return collection.count("n > 0.5");
  } finally {
    String.fromCharCode = fromCharCode;
  }
}
const CUT_OFF = { name: "StrataError", code: "INTERNAL", message: /cut off/ };

for (const durability of ["relaxed", "strict"]) {
  test(`an engine that fails is started again, with all that was applied (${durability})`, async (t) => {
    const path = freshPath(t);
    const db = await open(path, { durability });
    t.after(() => db.close());
    const c = await db.collection("points", { dimension: DIMENSION });
    await c.upsert(columns(0, 100));
    const snapshot = await c.snapshot();
    const scan = c.scan();
    await scan.next();
    const query = randomVectors(1, DIMENSION, 1);
    const before = await c.search(query, { k: 5 });

    // A write that waits for its sync when the engine goes, and calls that come while it starts.
    const write = c.upsert(columns(100, 10));
    const failing = cutOff(c);
    const waiting = [c.count(), c.upsert(columns(110, 10)), c.count(), c.search(query, { k: 5 })];
    await assert.rejects(failing, CUT_OFF);
    assert.equal((await write).changed, 10);
    const [count, written, later, hits] = await Promise.all(waiting);
    assert.deepEqual([count, written.changed, later], [110, 10, 120]);
    assert.ok(hits[0].distance <= before[0].distance);

    await assert.rejects(snapshot.count(), { code: "CLOSED" });
    const again = await c.snapshot();
    assert.equal(await again.count(), 120);
    await assert.rejects(snapshot.count(), { code: "CLOSED" }); // Not taken for the new one.
    await again.close();
    await db.close();

    const fresh = await open(path);
    t.after(() => fresh.close());
    assert.equal(await (await fresh.collection("points")).count(), 120);
    assert.deepEqual(await fresh.verify(), []);
  });
}

test("a compaction goes on after the engine was started again", async (t) => {
  const db = await open(freshPath(t));
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: DIMENSION });
  for (let n = 0; n < 3; n++) {
    await c.upsert(columns(3000 * n, 3000));
    await db.flush();
  }
  let compacted;
  const done = await new Promise((resolve) => (compacted = db.compact({ onProgress: resolve })));
  assert.ok(done < 1, "it is under way");
  await assert.rejects(cutOff(c), CUT_OFF);
  assert.equal(await c.count(), 9000);
  await compacted;
  assert.equal((await c.inspect().segments()).length, 1);
});

test("a database can be closed after its engine failed", async (t) => {
  const path = freshPath(t);
  const db = await open(path);
  const c = await db.collection("points", { dimension: DIMENSION });
  await c.upsert(columns(0, 10));
  await assert.rejects(cutOff(c), CUT_OFF);
  await db.close();
  const again = await open(path);
  t.after(() => again.close());
  assert.equal(await (await again.collection("points")).count(), 10);
});
