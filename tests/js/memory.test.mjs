// Running out of WebAssembly memory is an error like any other: the write is not applied, and the next call works.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";
import { randomVectors } from "./support/vectors.mjs";

const DIMENSION = 256;
const PAGES_MAX = (64 * 2 ** 20) / 65536;

/** The shipped module with its memory's maximum, 65536 pages, replaced by `pages`. */
function cappedModule(pages) {
  const bytes = readFileSync(new URL("../../dist/strata.wasm", import.meta.url));
  // The memory section: id 5, its size, one memory, flag "has a maximum", minimum, maximum; numbers are LEB128.
  const maximum = Buffer.from([0x80, 0x80, 0x04]);
  let at = 8;
  for (;;) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      size |= (bytes[at] & 0x7f) << shift;
      if (bytes[at++] < 0x80) break;
    }
    if (id === 5) {
      const place = bytes.indexOf(maximum, at);
      assert.ok(place > at && place < at + size, "the memory section holds the maximum of 4 GiB");
      bytes.set([0x80 | (pages & 0x7f), 0x80 | ((pages >> 7) & 0x7f), pages >> 14], place);
      return bytes;
    }
    at += size;
  }
}

const columns = (first, count) => ({
  ids: Array.from({ length: count }, (_, n) => first + n),
  vectors: randomVectors(count, DIMENSION, first + 1),
});

test("a write that memory cannot hold is OUT_OF_MEMORY and not applied; reads, smaller writes and reopening work", async (t) => {
  const path = freshPath(t);
  const wasm = cappedModule(PAGES_MAX);
  const db = await open(path, { wasm, memoryBudget: 16 * 2 ** 20 });
  const c = await db.collection("points", { dimension: DIMENSION, metric: "l2" });
  await c.upsert(columns(0, 1000));
  for (let attempt = 0; attempt < 3; attempt++) {
    // 60 MB of numbers alone.
    await assert.rejects(c.upsert(columns(1000, 60_000)), { name: "StrataError", code: "OUT_OF_MEMORY" });
    assert.equal(await c.count(), 1000);
    assert.equal((await c.search(randomVectors(1, DIMENSION, 1), { k: 1 }))[0].id, 0);
    await c.upsert(columns(1000 + attempt, 1));
    await c.delete(1000 + attempt);
  }
  await db.close();
  const again = await open(path);
  t.after(() => again.close());
  assert.equal(await (await again.collection("points")).count(), 1000);
  assert.deepEqual(await again.verify(), []);
});

test("a database ten times larger than memory can be written and searched", async (t) => {
  const path = freshPath(t);
  const db = await open(path, { wasm: cappedModule(PAGES_MAX), memoryBudget: 16 * 2 ** 20 });
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: DIMENSION, metric: "l2", index: "flat" });
  const batch = 1000;
  for (let first = 0; first < 160_000; first += batch) {
    await c.upsert({
      ids: Array.from({ length: batch }, (_, n) => first + n),
      vectors: new Float32Array(batch * DIMENSION).fill(first),
    });
  }
  assert.equal(await c.count(), 160_000);
  const [hit] = await c.search(new Float32Array(DIMENSION).fill(77_000.2), { k: 1 });
  assert.equal(Math.floor(hit.id / batch), 77);
});

test("memory that runs out in the middle of calls costs those calls and open snapshots, and nothing that was acknowledged", async (t) => {
  const path = freshPath(t);
  // A budget that there is no memory for: caches and index builds grow until nothing is left, again and again.
  const db = await open(path, {
    wasm: cappedModule(PAGES_MAX / 2),
    memoryBudget: 2 ** 30,
    durability: "strict",
  });
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: DIMENSION, metric: "l2" });
  const batch = 1000;
  const written = new Set();
  let refused = 0;
  const outOfMemory = (error) => {
    assert.equal(error.code, "OUT_OF_MEMORY", error.message);
    refused++;
  };
  await c.upsert(columns(0, 10));
  const snapshot = await c.snapshot();
  let first = 1000;
  for (; first < 1000 + 80 * batch && refused < 5; first += batch) {
    // Together, so that some wait while the engine starts again.
    await Promise.all([
      c.upsert(columns(first, batch)).then(() => written.add(first), outOfMemory),
      c.searchMany(randomVectors(3, DIMENSION, first), { k: 10, exact: true }).catch(outOfMemory),
      c.count().then((count) => assert.ok(count >= 10 + written.size * batch), outOfMemory),
    ]);
  }
  t.diagnostic(`${refused} calls ran out of memory, ${written.size * batch} records acknowledged`);
  assert.ok(refused >= 5, `only ${refused} calls ran out of memory`);
  await assert.rejects(snapshot.count(), { code: "CLOSED" });
  // Whoever was refused was not half applied.
  const again = await open(path, { readOnly: true }).catch(() => null);
  assert.equal(again, null, "the database is still held by the engine that started again");
  await db.close();
  const fresh = await open(path);
  t.after(() => fresh.close());
  const points = await fresh.collection("points");
  for (let n = 1000; n < first; n += batch) {
    const there = (await points.getMany(Array.from({ length: batch }, (_, i) => n + i))).filter(
      Boolean,
    ).length;
    assert.equal(there, written.has(n) ? batch : 0, `batch at ${n}`);
  }
  assert.deepEqual(await fresh.verify(), []);
});
