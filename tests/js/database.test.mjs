// Records in and out, in the calling thread and in a worker: the same tests, because it is the same API.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open, StrataError } from "stratadb";
import { freshPath } from "./support/folder.mjs";

const rejectsCode = (promise, code, message) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof StrataError, String(error));
    assert.equal(error.code, code, error.message);
    if (message) assert.match(error.message, message);
    return true;
  });

for (const worker of [false, true]) {
  describe(worker ? "in a worker" : "in the calling thread", () => {
    /** A database in memory with one collection of two dimensions. */
    async function fresh(t, options = {}) {
      const db = await open("test", { storage: "memory", worker, ...options });
      t.after(() => db.close());
      return { db, c: await db.collection("points", { dimension: 2, metric: "l2" }) };
    }

    test("a record comes back as it went in", async (t) => {
      const { c } = await fresh(t);
      const metadata = {
        year: 1999,
        tags: ["db", "ai"],
        deep: { list: [1, { a: null }] },
        "": true,
        emoji: "😀",
      };
      const summary = await c.upsert([{ id: "a", vector: [0.5, -1], metadata, text: "hällo\u0000 wörld" }]);
      assert.equal(summary.changed, 1);
      assert.deepEqual(await c.get("a"), {
        id: "a",
        vector: Float32Array.of(0.5, -1),
        metadata,
        text: "hällo\u0000 wörld",
      });
    });

    test("the engine is taken from a URL, a path, bytes or a module, and from nothing else", async (t) => {
      const url = new URL("../../dist/strata.wasm", import.meta.url);
      const bytes = readFileSync(url);
      for (const wasm of [url, url.href, fileURLToPath(url), bytes, await WebAssembly.compile(bytes)])
        await fresh(t, { wasm });
      for (const wasm of [7, null, () => {}, {}, "http://[", new Uint8Array(9)]) {
        const opening = open("test", { storage: "memory", worker, wasm });
        await rejectsCode(opening, "INVALID_ARGUMENT", /wasm|WebAssembly/i);
      }
    });

    test("a snapshot can be closed after its database", async () => {
      const db = await open("test", { storage: "memory", worker });
      const snapshot = await (await db.collection("points", {})).snapshot();
      await db.close();
      await snapshot.close();
      await rejectsCode(snapshot.count(), "CLOSED");
    });

    test("the number 1 and the string '1' are two ids", async (t) => {
      const { c } = await fresh(t);
      await c.upsert([
        { id: 1, text: "number" },
        { id: "1", text: "string" },
        { id: -7, text: "negative" },
        { id: Number.MAX_SAFE_INTEGER, text: "large" },
      ]);
      assert.equal((await c.get(1)).text, "number");
      assert.equal((await c.get("1")).text, "string");
      assert.equal((await c.get(-7)).id, -7);
      assert.equal((await c.get(Number.MAX_SAFE_INTEGER)).id, Number.MAX_SAFE_INTEGER);
      assert.equal(await c.get("2"), undefined);
    });

    test("getMany answers in the order asked, with what was asked for", async (t) => {
      const { c } = await fresh(t);
      await c.upsert([
        { id: "a", vector: [1, 2], metadata: { n: 1 }, text: "x" },
        { id: "b", vector: [3, 4] },
      ]);
      assert.deepEqual(await c.getMany(["b", "missing", "a", "b"], { include: ["vector"] }), [
        { id: "b", vector: Float32Array.of(3, 4) },
        undefined,
        { id: "a", vector: Float32Array.of(1, 2) },
        { id: "b", vector: Float32Array.of(3, 4) },
      ]);
      assert.deepEqual(await c.getMany(["a"], { include: [] }), [{ id: "a" }]);
      assert.deepEqual(await c.getMany([]), []);
    });

    test("upsert replaces the whole record; in one batch the last of an id wins", async (t) => {
      const { c } = await fresh(t);
      await c.upsert([{ id: "a", vector: [1, 2], metadata: { n: 1 }, text: "x" }]);
      await c.upsert([{ id: "a", metadata: { m: 2 } }]);
      assert.deepEqual(await c.get("a"), { id: "a", metadata: { m: 2 } });
      await c.upsert([
        { id: "a", text: "first" },
        { id: "a", text: "second" },
      ]);
      assert.equal((await c.get("a")).text, "second");
      assert.equal(await c.count(), 1);
    });

    test("columns store the same as records", async (t) => {
      const { c } = await fresh(t);
      await c.upsert({
        ids: ["a", 2],
        vectors: Float32Array.of(1, 2, 3, 4),
        metadata: [{ n: 1 }, undefined],
        texts: [undefined, "zwei"],
      });
      assert.deepEqual(await c.getMany(["a", 2]), [
        { id: "a", vector: Float32Array.of(1, 2), metadata: { n: 1 } },
        { id: 2, vector: Float32Array.of(3, 4), metadata: {}, text: "zwei" },
      ]);
    });

    test("insert of an id that is there fails, and nothing of the batch is stored", async (t) => {
      const { c } = await fresh(t);
      await c.insert([{ id: "a", text: "old" }]);
      await rejectsCode(c.insert([{ id: "b" }, { id: "a", text: "new" }]), "ALREADY_EXISTS", /a/);
      await rejectsCode(c.insert([{ id: "c" }, { id: "c" }]), "ALREADY_EXISTS");
      assert.equal((await c.get("a")).text, "old");
      assert.equal(await c.count(), 1);
    });

    test("update merges metadata and keeps what it is not given", async (t) => {
      const { c } = await fresh(t);
      await c.upsert([
        { id: "a", vector: [1, 2], metadata: { keep: 1, drop: 2, in: { x: 1, y: 2 } }, text: "t" },
      ]);
      await c.update("a", { metadata: { drop: null, in: { y: 3 }, add: [4] } });
      const expected = {
        id: "a",
        vector: Float32Array.of(1, 2),
        metadata: { keep: 1, in: { x: 1, y: 3 }, add: [4] },
        text: "t",
      };
      assert.deepEqual(await c.get("a"), expected);
      await c.update("a", { vector: [5, 6], text: "u" });
      assert.deepEqual(await c.get("a"), { ...expected, vector: Float32Array.of(5, 6), text: "u" });
      await rejectsCode(c.update("b", { text: "x" }), "NOT_FOUND", /b/);
    });

    test("delete removes what is there and counts it", async (t) => {
      const { c } = await fresh(t);
      await c.upsert([{ id: "a" }, { id: "b" }, { id: 3 }]);
      assert.equal((await c.delete(["a", "missing", 3])).changed, 2);
      assert.equal((await c.delete("a")).changed, 0);
      assert.equal(await c.has("a"), false);
      assert.equal(await c.has("b"), true);
      assert.equal(await c.count(), 1);
      await c.upsert([{ id: "a", text: "again" }]);
      assert.equal((await c.get("a")).text, "again");
    });

    test("deleteWhere removes exactly the records that match", async (t) => {
      const { c } = await fresh(t);
      await c.upsert(Array.from({ length: 100 }, (_, n) => ({ id: n, metadata: { n } })));
      assert.equal((await c.deleteWhere({ n: { $gte: 90 } })).changed, 10);
      assert.equal((await c.deleteWhere("n < 10")).changed, 10);
      assert.equal(await c.count(), 80);
      assert.equal(await c.has(9), false);
      assert.equal(await c.has(10), true);
    });

    test("writes that are not awaited take effect in the order of the calls", async (t) => {
      const { c } = await fresh(t);
      const writes = Array.from({ length: 50 }, (_, n) => c.upsert([{ id: "a", text: `${n}` }]));
      const last = c.delete("a");
      assert.equal(await c.has("a"), false);
      await Promise.all([...writes, last]);
    });

    test("what a call is given may be changed as soon as it has returned", async (t) => {
      const { c } = await fresh(t);
      const vector = Float32Array.of(1, 2);
      const metadata = { n: 1 };
      const upsert = c.upsert([{ id: "a", vector, metadata }]);
      vector.fill(9);
      metadata.n = 9;
      await upsert;
      const query = Float32Array.of(1, 2);
      const search = c.search(query);
      query.fill(50);
      assert.deepEqual(await search, [{ id: "a", distance: 0, score: 1, metadata: { n: 1 } }]);
      assert.deepEqual([...query], [50, 50], "inputs are never changed");
    });

    test("collections are listed, opened as they were made, and dropped", async (t) => {
      const { db, c } = await fresh(t);
      const other = await db.collection("other", {
        dimension: 3,
        metric: "dot",
        index: { type: "hnsw", m: 8 },
        quantization: "none",
        indexed: ["year", "a.b"],
      });
      assert.deepEqual(await db.collections(), ["other", "points"]);
      const again = await db.collection("other");
      assert.deepEqual(again.options, other.options);
      assert.deepEqual(again.options, {
        dimension: 3,
        metric: "dot",
        index: { type: "hnsw", m: 8, efConstruction: 200 },
        quantization: "none",
        indexed: ["year", "a.b"],
      });
      assert.equal(c.options.index.type, "hnsw");
      await rejectsCode(db.collection("other", { dimension: 4 }), "FAILED_PRECONDITION");
      await rejectsCode(db.collection("missing"), "NOT_FOUND");
      await db.drop("other");
      assert.deepEqual(await db.collections(), ["points"]);
      await rejectsCode(other.count(), "NOT_FOUND");
      await rejectsCode(db.drop("other"), "NOT_FOUND");
      const fresh2 = await db.collection("other", { dimension: 4 });
      assert.equal(await fresh2.count(), 0);
    });

    test("a collection of dimension 0 is an ordered key-value store", async (t) => {
      const { db } = await fresh(t);
      const kv = await db.collection("kv", {});
      await kv.upsert([{ id: "k", metadata: { v: 1 } }]);
      assert.deepEqual(await kv.get("k"), { id: "k", metadata: { v: 1 } });
      await rejectsCode(kv.upsert([{ id: "k", vector: [1] }]), "INVALID_ARGUMENT");
    });

    test("after close every call is CLOSED, closing twice is fine, and a file database opens again", async (t) => {
      const path = freshPath(t);
      const db = await open(path, { worker });
      const c = await db.collection("points", { dimension: 2, metric: "l2" });
      await c.upsert([{ id: "a", vector: [1, 2] }]);
      await db.close();
      await db.close();
      await rejectsCode(c.get("a"), "CLOSED");
      await rejectsCode(c.upsert([{ id: "b" }]), "CLOSED");
      await rejectsCode(db.stats(), "CLOSED");
      const again = await open(path, { worker });
      t.after(() => again.close());
      const found = await again.collection("points");
      assert.deepEqual(found.options, c.options);
      assert.deepEqual(await found.get("a"), { id: "a", vector: Float32Array.of(1, 2), metadata: {} });
    });

    test("everything written survives reopening, flushed or not", async (t) => {
      const path = freshPath(t);
      const ids = Array.from({ length: 500 }, (_, n) => n);
      for (const round of [0, 1, 2]) {
        const db = await open(path, { worker, durability: round === 1 ? "strict" : "relaxed" });
        const c = await db.collection("points", { dimension: 2, metric: "l2" });
        for (const id of ids) {
          const found = await c.get(id);
          if (round === 0) assert.equal(found, undefined);
          else if (id % 3 === 0) assert.equal(found.text, `${round - 1}`);
        }
        await c.upsert(
          ids
            .filter((id) => id % 3 === 0 || round === 0)
            .map((id) => ({ id, text: `${round}`, vector: [id, 1] })),
        );
        if (round === 1) await db.flush();
        if (round === 1) await c.delete(ids.filter((id) => id % 3 === 1));
        await db.close();
      }
      const db = await open(path, { worker, readOnly: true });
      t.after(() => db.close());
      const c = await db.collection("points");
      assert.equal(await c.count(), ids.filter((id) => id % 3 !== 1).length);
      assert.equal((await c.get(2)).text, "0");
      assert.equal((await c.get(3)).text, "2");
      await rejectsCode(c.upsert([{ id: 1 }]), "READ_ONLY");
      await rejectsCode(c.delete(3), "READ_ONLY");
      assert.deepEqual(await db.verify(), []);
    });

    test("stats, recovery and storage tell what there is", async (t) => {
      const path = freshPath(t);
      const first = await open(path, { worker });
      assert.equal(first.recovery.created, true);
      assert.equal(first.storage.kind, "file");
      assert.equal(first.storage.durable, true);
      assert.equal(first.storage.location, path);
      const c = await first.collection("points", { dimension: 2 });
      await c.upsert([{ id: 1, vector: [1, 2] }]);
      await first.close();
      const db = await open(path, { worker });
      t.after(() => db.close());
      assert.equal(db.recovery.created, false);
      assert.equal(db.recovery.logDamaged, false);
      const stats = await db.stats();
      assert.equal(stats.collections[0].name, "points");
      assert.equal(stats.collections[0].records, 1);
      assert.ok(stats.epoch >= 2 && stats.files > 0 && stats.bytes > 0, JSON.stringify(stats));
    });

    test("an asynchronous disposal closes", async (t) => {
      const path = freshPath(t);
      const db = await open(path, { worker });
      await db[Symbol.asyncDispose]();
      await rejectsCode(db.stats(), "CLOSED");
      await (await open(path, { worker })).close();
    });
  });
}
