import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";
import { randomVectors } from "./support/vectors.mjs";

const aborted = { name: "StrataError", code: "ABORTED" };

for (const worker of [false, true]) {
  describe(worker ? "in a worker" : "in the calling thread", () => {
    async function fresh(t, count = 0) {
      const db = await open("test", { storage: "memory", worker });
      t.after(() => db.close());
      const c = await db.collection("points", { dimension: 16, metric: "l2" });
      if (count > 0) await c.upsert(columns(count));
      return { db, c };
    }
    const columns = (count) => ({
      ids: Array.from({ length: count }, (_, n) => n),
      vectors: randomVectors(count, 16, 1),
      metadata: Array.from({ length: count }, (_, n) => ({ n })),
    });

    test("a signal that has fired stops every call that takes one before it begins", async (t) => {
      const { db, c } = await fresh(t, 10);
      const signal = AbortSignal.abort(new Error("enough"));
      const query = new Float32Array(16);
      await assert.rejects(c.upsert([{ id: 99 }], { signal }), aborted);
      await assert.rejects(c.insert([{ id: 99 }], { signal }), aborted);
      await assert.rejects(c.search(query, { signal }), aborted);
      await assert.rejects(c.searchMany(query, { signal }), aborted);
      await assert.rejects(db.compact({ signal }), aborted);
      await assert.rejects(db.verify({ signal }), aborted);
      assert.equal(await c.count(), 10);
    });

    test("a bulk write that is aborted while it is read stores nothing", async (t) => {
      const { c } = await fresh(t);
      const controller = new AbortController();
      const seen = [];
      const onProgress = (done) => {
        seen.push(done);
        if (seen.length === 3) controller.abort();
      };
      await assert.rejects(c.upsert(columns(20_000), { signal: controller.signal, onProgress }), aborted);
      assert.equal(seen.length, 3);
      assert.equal(await c.count(), 0);
    });

    test("progress of a bulk write grows and ends at 1", async (t) => {
      const { c } = await fresh(t);
      const seen = [];
      await c.upsert(columns(10_000), { onProgress: (done) => seen.push(done) });
      assert.ok(seen.length > 3);
      assert.ok(
        seen.every((done, i) => done > (seen[i - 1] ?? 0) && done <= 1),
        `${seen}`,
      );
      assert.equal(seen.at(-1), 1);
      assert.equal(await c.count(), 10_000);
    });

    test("compaction reports progress, can be stopped by it, and leaves everything as it was", async (t) => {
      const { db, c } = await fresh(t, 8000);
      const controller = new AbortController();
      const { signal } = controller;
      await assert.rejects(db.compact({ signal, onProgress: () => controller.abort() }), aborted);
      assert.equal(await c.count(), 8000);
      assert.deepEqual(await db.verify(), []);
      const seen = [];
      await db.compact({ onProgress: (done) => seen.push(done) });
      assert.ok(
        seen.every((done, i) => done >= (seen[i - 1] ?? 0) && done >= 0 && done <= 1),
        `${seen}`,
      );
      assert.equal((await c.inspect().segments()).length, 1);
    });

    test("searches and writes go on while a compaction runs", async (t) => {
      const { db, c } = await fresh(t, 8000);
      let compacted = false;
      const compaction = db.compact().then(() => (compacted = true));
      const query = randomVectors(1, 16, 9);
      let answered = 0;
      while (!compacted) {
        const hits = await c.search(query, { k: 10 });
        assert.equal(hits.length, 10);
        if (answered++ === 3) await c.delete([hits[0].id]);
      }
      await compaction;
      assert.ok(answered > 10, `${answered} searches were answered before the compaction ended`);
      assert.equal(await c.count(), 7999);
      assert.deepEqual(await db.verify(), []);
    });

    test("a compaction that is aborted in the middle of the work leaves everything readable", async (t) => {
      const { db, c } = await fresh(t, 8000);
      const controller = new AbortController();
      const onProgress = (done) => done > 0.4 && controller.abort();
      await assert.rejects(db.compact({ signal: controller.signal, onProgress }), aborted);
      const [before] = await c.search(randomVectors(1, 16, 9), { k: 1, exact: true });
      await Promise.all([db.compact(), db.compact()]);
      const [after] = await c.search(randomVectors(1, 16, 9), { k: 1, exact: true });
      assert.deepEqual(after, before);
      assert.equal((await db.stats()).collections[0].indexedRows, 8000);
    });

    test("closing ends a compaction", async (t) => {
      const { db } = await fresh(t, 8000);
      const compaction = assert.rejects(db.compact(), { name: "StrataError", code: "CLOSED" });
      await db.close();
      await compaction;
    });

    test("a listener that throws ends its call and nothing else", async (t) => {
      const { db, c } = await fresh(t, 3000);
      const onProgress = () => {
        throw new Error("my own mistake");
      };
      await assert.rejects(db.compact({ onProgress }), aborted);
      await db.verify({ onProgress }).catch((error) => assert.equal(error.code, "ABORTED"));
      await assert.rejects(c.upsert(columns(4000), { onProgress }), aborted);
      await assert.rejects(db.export(new WritableStream(), { onProgress }), aborted);
      assert.equal(await c.count(), 3000);
      // When all is done there is nothing to end.
      assert.equal((await c.upsert([{ id: "one more" }], { onProgress })).changed, 1);
    });

    test("searches are answered quickly while an index is built in the background", async (t) => {
      const { db, c } = await fresh(t);
      await c.upsert(columns(6000));
      await db.flush();
      const query = randomVectors(1, 16, 9);
      let slowest = 0;
      let searches = 0;
      const deadline = performance.now() + 60_000;
      for (;;) {
        const started = performance.now();
        await c.search(query);
        slowest = Math.max(slowest, performance.now() - started);
        searches++;
        const [{ indexedRows }] = (await db.stats()).collections;
        if (indexedRows === 6000) break;
        assert.ok(performance.now() < deadline, `only ${indexedRows} rows are indexed`);
      }
      assert.ok(searches > 5, `${searches} searches`);
      // Slices are of 4 ms; the rest is room for a busy machine.
      assert.ok(slowest < 250, `the slowest of ${searches} searches took ${slowest} ms`);
    });
  });
}

test("opening in a worker can be given up while another holds the database", async (t) => {
  const path = freshPath(t);
  const holder = await open(path);
  t.after(() => holder.close());
  const started = performance.now();
  await assert.rejects(open(path, { worker: true, signal: AbortSignal.timeout(300) }), aborted);
  await assert.rejects(open(path, { worker: true, signal: AbortSignal.abort() }), aborted);
  assert.ok(performance.now() - started < 2000, "it waited for the lock instead");
});
