// Several tabs on one database: one of them owns it, and whichever ends, no call fails, no write is lost or repeated.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, makeProfile, openPage } from "./support/chromium.mjs";
import { serveSite } from "./support/site.mjs";

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

describe("several tabs", { timeout: 240_000 }, () => {
  let site, profile, context;

  before(async () => {
    site = await serveSite();
    profile = makeProfile();
    context = await launch(profile);
  });
  after(async () => {
    await context?.close();
    await site?.close();
    profile?.remove();
  });

  const tab = async (name, options = {}) => {
    const page = await openPage(context, site.page);
    await page.evaluate(([n, o]) => test.open(n, o), [name, options]);
    return page;
  };
  const numbers = (page, name) => page.evaluate((n) => test.numbers(n), name);

  // insert() fails on an id that is there: a write applied twice would say ALREADY_EXISTS.
  const insert = (page, name, from, to) =>
    page.evaluate(
      async ([n, first, end]) => {
        for (let i = first; i < end; i++)
          await test.collection(n).insert([{ id: `r${i}`, metadata: { n: i } }]);
      },
      [name, from, to],
    );
  const insertUntilStopped = (page, name, from) =>
    page.evaluate(
      async ([n, first]) => {
        let slowest = 0;
        let next = first;
        for (globalThis.stopped = false; !stopped; next++) {
          const start = performance.now();
          await test.collection(n).insert([{ id: `r${next}`, metadata: { n: next } }]);
          slowest = Math.max(slowest, performance.now() - start);
        }
        return { inserted: next - first, slowest };
      },
      [name, from],
    );

  for (const kind of ["opfs", "indexeddb"]) {
    it(`${kind}: two tabs see each other's writes`, async () => {
      const name = `two ${kind}`;
      const a = await tab(name, { storage: kind });
      const b = await tab(name, { storage: kind });
      await a.evaluate((n) => test.put(n, 1), name);
      await b.evaluate((n) => test.put(n, 2), name);
      assert.deepEqual(await numbers(a, name), [1, 2]);
      assert.deepEqual(await numbers(b, name), [1, 2]);
      await a.evaluate((n) => test.database(n).close(), name);
      await b.evaluate((n) => test.put(n, 3), name);
      assert.deepEqual(await numbers(b, name), [1, 2, 3]);
      for (const page of [a, b]) {
        page.noErrors();
        await page.close();
      }
    });

    it(`${kind}: the owner ends in mid-stream, five times in different ways`, async (t) => {
      const name = `ends ${kind}`;
      const ways = {
        closed: (page) => page.close(),
        crashed: async (page) => {
          const session = await context.newCDPSession(page);
          session.send("Page.crash").catch(() => {});
        },
        reloaded: (page) => page.reload(),
        navigated: (page) => page.goto("about:blank"),
        frozen: async (page) => {
          const session = await context.newCDPSession(page);
          await session.send("Page.setWebLifecycleState", { state: "frozen" });
        },
      };
      let owner = await tab(name, { storage: kind });
      let next = 0;
      const ended = [];
      for (const [way, end] of Object.entries(ways)) {
        const follower = await tab(name, { storage: kind });
        const stream = insertUntilStopped(follower, name, next);
        await pause(40);
        await end(owner);
        await pause(300);
        await follower.evaluate(() => (globalThis.stopped = true));
        const { inserted, slowest } = await stream;
        t.diagnostic(`${way}: ${inserted} writes, the slowest took ${Math.round(slowest)} ms`);
        next += inserted;
        assert.deepEqual(await numbers(follower, name), range(0, next), way);
        follower.noErrors();
        ended.push(owner);
        owner = follower;
      }
      for (const page of [...ended, owner]) await page.close().catch(() => {});
    });
  }

  it("a tab that takes a database over opens it in the place where it was", async () => {
    const name = "place";
    const a = await tab(name, { storage: "indexeddb" });
    const b = await tab(name); // By itself it would choose OPFS.
    assert.equal(await b.evaluate((n) => test.database(n).storage.kind, name), "indexeddb");
    await b.evaluate((n) => test.put(n, 1), name);
    await a.close();
    assert.deepEqual(await numbers(b, name), [1]);
    const other = await openPage(context, site.page);
    const code = await other.evaluate((n) => test.code(strata.open(n, { storage: "opfs" })), name);
    assert.equal(code, "true FAILED_PRECONDITION");
    for (const page of [b, other]) {
      page.noErrors();
      await page.close();
    }
  });

  it("a database in memory is no other tab's, and takes no part in one that is stored", async () => {
    const name = "memory beside";
    const a = await tab(name, { storage: "opfs" });
    await a.evaluate((n) => test.put(n, 1), name);
    const b = await tab(name, { storage: "memory" });
    assert.equal(await b.evaluate((n) => test.database(n).storage.kind, name), "memory");
    assert.deepEqual(await numbers(b, name), []);
    await b.evaluate((n) => test.put(n, 2), name);
    assert.deepEqual(await numbers(a, name), [1]);
    for (const page of [a, b]) await page.close();
  });

  it("three tabs write at once while their owner is replaced again and again; nothing is lost, nothing twice", async () => {
    const name = "stress";
    let pages = [await tab(name), await tab(name), await tab(name)];
    const acknowledged = [];
    for (let round = 0; round < 6; round++) {
      const streams = pages.map((page, i) => {
        const from = 10_000 * round + 1000 * i;
        return insert(page, name, from, from + 100).then(
          () => range(from, from + 100),
          () => [], // The owner's own calls end with it.
        );
      });
      await pause(20 + 15 * round);
      const [owner, ...others] = pages;
      await owner.close();
      const done = await Promise.all(streams);
      for (const stream of done.slice(1)) assert.equal(stream.length, 100);
      acknowledged.push(...done.flat());
      pages = [...others, await tab(name)];
    }
    const found = new Set(await numbers(pages[0], name));
    assert.deepEqual(
      acknowledged.filter((n) => !found.has(n)),
      [],
    );
    for (const page of pages) {
      page.noErrors();
      await page.close();
    }
  });

  it("a tab that is put into the back/forward cache gives its place up and takes part again when it returns", async () => {
    const a = await tab("cache");
    const b = await tab("cache");
    await a.evaluate(() => test.put("cache", 1));
    await a.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await b.evaluate(() => test.put("cache", 2));
    await a.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await a.evaluate(() => test.put("cache", 3));
    assert.deepEqual(await numbers(a, "cache"), [1, 2, 3]);
    for (const page of [a, b]) await page.close();
  });

  it("a tab that wants strict durability gets it from an owner that had relaxed", async () => {
    const a = await tab("levels");
    await a.evaluate(() => test.put("levels", 1));
    const b = await tab("levels", { durability: "strict" });
    await b.evaluate(() => test.put("levels", 2));
    await a.evaluate(() => test.put("levels", 3));
    const stats = await b.evaluate(() => test.database("levels").stats());
    assert.equal(stats.durableSequence, stats.sequence);
    assert.deepEqual(await numbers(a, "levels"), [1, 2, 3]);
    for (const page of [a, b]) await page.close();
  });

  it("a snapshot or scan begun before a takeover is CLOSED after it, and a new one works", async () => {
    const a = await tab("views");
    const b = await tab("views");
    await b.evaluate(async () => {
      await test.put("views", ...Array.from({ length: 600 }, (_, i) => i));
      globalThis.snapshot = await test.collection("views").snapshot();
      globalThis.scan = test.collection("views").scan();
      await scan.next();
    });
    await a.close();
    assert.equal(await b.evaluate(() => test.code(snapshot.count())), "true CLOSED");
    // Its first page is here already; the next one is not to be had.
    const rest = b.evaluate(() => test.code(Array.fromAsync(scan)));
    assert.equal(await rest, "true CLOSED");
    await b.evaluate(() => snapshot.close());
    assert.equal((await numbers(b, "views")).length, 600);
    await b.close();
  });

  it("messages that are none of ours change nothing", async () => {
    const a = await tab("foreign");
    const b = await tab("foreign");
    await b.evaluate(() => {
      const channel = new BroadcastChannel("stratadb/foreign");
      for (const message of [
        null,
        5,
        "who",
        {},
        { kind: "leader" },
        { kind: "connect", term: 1 },
        { kind: "connect", term: "x", client: "y", strict: 1 },
      ]) {
        channel.postMessage(message);
      }
    });
    await a.evaluate(() => test.put("foreign", 1));
    await b.evaluate(() => test.put("foreign", 2));
    assert.deepEqual(await numbers(a, "foreign"), [1, 2]);
    for (const page of [a, b]) {
      page.noErrors();
      await page.close();
    }
  });
});
