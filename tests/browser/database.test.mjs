// The package as a page uses it: from dist/, in a real Chromium, under the strict policy, not cross-origin isolated.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, makeProfile, openPage } from "./support/chromium.mjs";
import { serveSite } from "./support/site.mjs";

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

describe("a database in a page", { timeout: 180_000 }, () => {
  let site, profile, context, page;

  before(async () => {
    site = await serveSite();
    profile = makeProfile();
    context = await launch(profile);
    page = await openPage(context, site.page);
  });
  after(async () => {
    await context?.close();
    await site?.close();
    profile?.remove();
  });

  it("works where the page is not cross-origin isolated", async () => {
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
    assert.equal(await page.evaluate(() => typeof SharedArrayBuffer), "undefined");
  });

  for (const [kind, options] of [
    ["opfs", {}],
    ["indexeddb", { storage: "indexeddb" }],
    ["memory", { storage: "memory" }],
  ]) {
    it(`${kind}: stores, finds, filters, updates and deletes`, async () => {
      const name = `basics ${kind}`;
      const { storage } = await page.evaluate(([n, o]) => test.open(n, o), [name, options]);
      assert.equal(storage.kind, kind);
      assert.equal(storage.durable, kind !== "memory");
      assert.equal(/memory/.test(storage.note ?? ""), kind === "indexeddb");
      await page.evaluate(([n, numbers]) => test.put(n, ...numbers), [name, range(0, 500)]);
      assert.deepEqual(await page.evaluate((n) => test.numbers(n), name), range(0, 500));
      for (const n of [0, 123, 499]) {
        assert.equal(await page.evaluate(([db, i]) => test.nearest(db, i), [name, n]), `r${n}`);
      }
      const even = await page.evaluate((n) => test.collection(n).count({ even: true }), name);
      assert.equal(even, 250);
      await page.evaluate(
        (n) => test.collection(n).update("r7", { metadata: { n: 7, changed: true } }),
        name,
      );
      await page.evaluate((n) => test.collection(n).delete(["r8", "r9"]), name);
      assert.equal(await page.evaluate((n) => test.collection(n).count(), name), 498);
      assert.equal((await page.evaluate((n) => test.collection(n).get("r7"), name)).metadata.changed, true);
      assert.equal(
        await page.evaluate((n) => test.code(test.collection(n).insert([{ id: "r1" }])), name),
        "true ALREADY_EXISTS",
      );
    });
  }

  for (const [kind, options] of [
    ["opfs", {}],
    ["indexeddb", { storage: "indexeddb" }],
  ]) {
    it(`${kind}: everything is there after a reload, closed or not`, async () => {
      const name = `reload ${kind}`;
      await page.evaluate(([n, o]) => test.open(n, o), [name, options]);
      await page.evaluate(([n, numbers]) => test.put(n, ...numbers), [name, range(0, 300)]);
      for (let round = 0; round < 3; round++) {
        await page.evaluate(([n, i]) => test.put(n, i), [name, 300 + round]);
        if (round === 1) await page.evaluate((n) => test.database(n).flush(), name);
        if (round === 2) await page.evaluate((n) => test.database(n).close(), name);
        await page.reload();
        const { recovery } = await page.evaluate(([n, o]) => test.open(n, o), [name, options]);
        assert.equal(recovery.created, false);
        assert.deepEqual(await page.evaluate((n) => test.numbers(n), name), range(0, 301 + round));
        assert.equal(await page.evaluate((n) => test.nearest(n, 42), name), "r42");
      }
      assert.deepEqual(await page.evaluate((n) => test.database(n).verify(), name), []);
    });
  }

  it("a strict write is answered when it survives power loss, also in the first minute of its files", async () => {
    await page.evaluate(() => test.open("strict", { durability: "strict" }));
    const millis = await page.evaluate(async () => {
      const start = performance.now();
      await test.stream("strict", 0, 100);
      return (performance.now() - start) / 100;
    });
    assert.ok(millis < 500, `${millis} ms each`);
  });

  it("db.storage tells the browser's answer about persistence after the first write", async () => {
    await page.evaluate(() => test.open("persist"));
    assert.equal(await page.evaluate(() => test.database("persist").storage.persisted), undefined);
    await page.evaluate(() => test.put("persist", 1));
    await page.waitForFunction(() => typeof test.database("persist").storage.persisted === "boolean");
  });

  it("a database opened read-only reads and refuses to write", async () => {
    assert.equal(
      await page.evaluate(() => test.code(strata.open("not there", { readOnly: true }))),
      "true NOT_FOUND",
    );
    await page.evaluate(async () => {
      await test.open("readonly");
      await test.put("readonly", 1);
      globalThis.reader = await strata.open("readonly", { readOnly: true });
      globalThis.readerRecords = await reader.collection("records");
    });
    assert.equal(await page.evaluate(() => readerRecords.count()), 1);
    assert.equal(await page.evaluate(() => test.code(readerRecords.upsert([{ id: "x" }]))), "true READ_ONLY");
    await page.evaluate(() => reader.close());
  });

  it("every refusal at opening is a StrataError with its code", async () => {
    const code = (location, options) =>
      page.evaluate(([l, o]) => test.code(strata.open(l, o)), [location, options]);
    assert.equal(await code("x", { storage: "file" }), "true UNSUPPORTED");
    assert.equal(await code("", {}), "true INVALID_ARGUMENT");
    assert.equal(await code("x".repeat(300), {}), "true INVALID_ARGUMENT");
    assert.equal(await code("\ud800", {}), "true INVALID_ARGUMENT");
    assert.equal(await code("x", { wasm: `${site.origin}/dist/none.wasm` }), "true IO_ERROR");
    assert.equal(await code("x", { wasm: `${site.origin}/page/page.js` }), "true INVALID_ARGUMENT");
  });

  it("names that mean something to file systems are names like others", async () => {
    for (const name of ["..", "a/b", "%2E", "CON:", "\u00e4\u20ac"]) {
      await page.evaluate((n) => test.open(n), name);
      await page.evaluate((n) => test.put(n, n.length), name);
      assert.deepEqual(await page.evaluate((n) => test.numbers(n), name), [name.length]);
      await page.evaluate((n) => test.database(n).close(), name);
    }
  });

  it("the engine can be given as a URL, as bytes and as a compiled module", async () => {
    const url = site.requests.find((path) => path.endsWith(".wasm"));
    const counts = await page.evaluate(async (path) => {
      const bytes = await (await fetch(path)).arrayBuffer();
      const found = [];
      for (const wasm of [path, new URL(path, location.href), bytes, await WebAssembly.compile(bytes)]) {
        const db = await strata.open("given", { storage: "memory", wasm });
        found.push((await db.collections()).length);
        await db.close();
      }
      return found;
    }, url);
    assert.deepEqual(counts, [0, 0, 0, 0]);
  });

  it("after close() calls are CLOSED, and the database can be opened again", async () => {
    await page.evaluate(() => test.open("closing"));
    await page.evaluate(() => test.put("closing", 1));
    await page.evaluate(() => test.database("closing").close());
    assert.equal(await page.evaluate(() => test.code(test.put("closing", 2))), "true CLOSED");
    await page.evaluate(() => test.open("closing"));
    assert.deepEqual(await page.evaluate(() => test.numbers("closing")), [1]);
  });

  it("asks for nothing but its own scripts and .wasm, and causes no error on the page", () => {
    const wasm = new Set(site.requests.filter((path) => path.endsWith(".wasm") && !path.includes("none")));
    // The second is for verify().
    assert.match([...wasm].join(), /^\/dist\/strata(-relaxed)?\.wasm,\/dist\/strata-suite(-relaxed)?\.wasm$/);
    const foreign = site.requests.filter((path) => !path.startsWith("/dist/") && !path.startsWith("/page/"));
    assert.deepEqual(
      foreign.filter((path) => path !== "/favicon.ico"),
      [],
    );
    const unexpected = page.errors.filter((error) => !/404/.test(error)); // That of none.wasm, above, is expected.
    assert.deepEqual(unexpected, []);
  });

  it("goes on in the module with text search at the first search by words", async () => {
    const found = await page.evaluate(async () => {
      await test.open("words");
      await test.put("words", 0, 1, 2);
      const c = test.collection("words");
      await c.upsert([{ id: "w", text: "Call me Ishmael. A whale swims in the sea." }]);
      const [hits, count] = await Promise.all([c.search("whales"), c.count()]);
      return { ids: hits.map(({ id }) => id), score: hits[0].score, count };
    });
    assert.deepEqual(found.ids, ["w"]);
    assert.ok(found.score > 0);
    assert.equal(found.count, 4);
  });
});
