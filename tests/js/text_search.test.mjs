// Search by words and by both, through the public interface. What scores are right is for tests/core.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readFileSync } from "node:fs";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";

const BOOKS = [
  { id: "sea", vector: [9, 1], metadata: { year: 1851 }, text: "Call me Ishmael. A whale swims in the sea." },
  {
    id: "war",
    vector: [1, 9],
    metadata: { year: 1869 },
    text: "Eh bien, mon prince. War came, and then peace.",
  },
  { id: "old", vector: [8, 2], metadata: { year: 1952 }, text: "An old man fishes in the sea." },
  { id: "none", vector: [5, 5] },
  { id: "words", text: "The whale of whales, a whale." },
];

async function withBooks(t, config = { textIndex: true }) {
  const path = freshPath(t);
  const db = await open(path);
  t.after(() => db.close());
  const books = await db.collection("books", { dimension: 2, metric: "l2", ...config });
  await books.upsert(BOOKS);
  return { path, db, books };
}
const ids = (hits) => hits.map(({ id }) => id);

describe("search by words", () => {
  for (const config of [{ textIndex: true }, {}]) {
    test(`finds texts, the best first, before and after a flush (${JSON.stringify(config)})`, async (t) => {
      const { db, books } = await withBooks(t, config);
      assert.equal(books.options.textIndex, config.textIndex);
      for (const flush of [false, true]) {
        if (flush) await db.flush();
        const hits = await books.search("Whales?");
        assert.deepEqual(ids(hits), ["words", "sea"]);
        assert.ok(hits[0].score > hits[1].score && hits[1].score > 0);
        assert.ok(hits.every(({ distance }) => Number.isNaN(distance)));
        assert.deepEqual(ids(await books.search({ text: "sea" }, { filter: "year > 1900" })), ["old"]);
        assert.deepEqual(await books.search("the of and"), []);
        assert.deepEqual(await books.search(""), []);
      }
      const { plans, counters } = await books.explain("whale");
      assert.equal(plans[0].strategy, config.textIndex ? "text-index" : "text-scan");
      assert.match(plans[0].reason, /^text: /);
      assert.equal(counters.postingsRead, 2);
    });
  }

  test("is joined with a vector", async (t) => {
    const { books } = await withBooks(t);
    const query = { vector: [8, 2], text: "whale" };
    const hits = await books.search(query);
    assert.deepEqual(ids(hits).sort(), ["none", "old", "sea", "war", "words"]);
    assert.equal(hits[0].id, "sea"); // Second in both lists.
    assert.ok(Math.abs(hits[0].score - 2 / 62) < 1e-6);
    assert.ok(Math.abs(hits[0].distance - Math.SQRT2) < 1e-6);
    assert.ok(Number.isNaN(hits.find(({ id }) => id === "words").distance));

    const weighted = (vectorWeight) =>
      books.search({ ...query, fusion: { method: "weighted", vectorWeight } });
    assert.equal((await weighted(1))[0].id, "old");
    assert.equal((await weighted(0))[0].id, "words");
    // The nearest, and the one with most of the word, have half each.
    assert.deepEqual(ids(await books.search({ ...query, fusion: "weighted" }, { k: 2 })), ["old", "words"]);
    assert.deepEqual(ids(await books.search({ vector: [8, 2] }, { k: 1 })), ["old"]);
  });

  test("sees what a snapshot sees", async (t) => {
    const { books } = await withBooks(t);
    const snapshot = await books.snapshot();
    await books.delete("words");
    assert.deepEqual(ids(await books.search("whale")), ["sea"]);
    assert.deepEqual(ids(await snapshot.search("whale")), ["words", "sea"]);
    await snapshot.close();
  });

  test("refuses what makes no sense", async (t) => {
    const { books } = await withBooks(t);
    const bad = [
      [{ text: 7 }],
      [{ text: "\ud800" }],
      [{ words: "whale" }],
      [{}],
      [{ vector: [1], text: "whale" }],
      ["whale", { radius: 1 }],
      [{ vector: [1, 2], text: "whale", fusion: "best" }],
      [{ vector: [1, 2], text: "whale", fusion: { method: "rrf", constant: 0 } }],
      [{ vector: [1, 2], text: "whale", fusion: { method: "rrf", vectorWeight: 1 } }],
      [{ vector: [1, 2], text: "whale", fusion: { method: "weighted", vectorWeight: 2 } }],
      [{ vector: [1, 2], text: "whale", fusion: { method: "weighted", depth: 0 } }],
    ];
    for (const args of bad) {
      await assert.rejects(books.search(...args), { code: "INVALID_ARGUMENT" }, JSON.stringify(args));
    }
  });
});

describe("the module with text search", () => {
  test("takes the place of the small one at the first search by words, and nothing is lost", async (t) => {
    const { books } = await withBooks(t, {});
    // Made in one go: the search moves the engine, the others wait for it.
    const [hits, written, count] = await Promise.all([
      books.search("whale"),
      books.upsert([{ id: "new", text: "Another whale" }]),
      books.count(),
    ]);
    assert.deepEqual(ids(hits), ["words", "sea"]);
    assert.deepEqual([written.changed, count], [1, 6]);
    assert.equal((await books.search("whale")).length, 3);
  });

  test("is loaded when a database that needs it is opened, also from its log alone", async (t) => {
    const { path, db } = await withBooks(t);
    await db.close();
    for (let opened = 0; opened < 2; opened++) {
      const again = await open(path);
      const books = await again.collection("books");
      assert.equal(books.options.textIndex, true);
      assert.deepEqual(ids(await books.search("whale")), ["words", "sea"]);
      await again.flush();
      await again.close();
    }
  });

  test("is what `wasm` must name where it is given", async (t) => {
    const dist = new URL("../../dist/", import.meta.url);
    const bytes = (name) => readFileSync(new URL(name, dist));
    const small = await open("small", { storage: "memory", wasm: bytes("strata.wasm") });
    t.after(() => small.close());
    await assert.rejects(small.collection("c", { dimension: 2, textIndex: true }), { code: "UNSUPPORTED" });
    const plain = await small.collection("c", { dimension: 2 });
    await assert.rejects(plain.search("words"), { code: "UNSUPPORTED" });
    assert.deepEqual(await plain.search([1, 2]), []);

    const large = await open("large", { storage: "memory", wasm: bytes("strata-suite.wasm") });
    t.after(() => large.close());
    assert.deepEqual(await (await large.collection("c", { textIndex: true })).search("words"), []);
  });
});
