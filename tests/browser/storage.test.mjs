// The storage back ends of browsers without the engine, in a dedicated worker of a real Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, makeProfile, openPage } from "./support/chromium.mjs";
import { serve } from "./support/server.mjs";
import { workedExamples } from "../js/support/format_page.mjs";
import { buildStoragePage } from "./support/storage_page.mjs";

describe("browser storage", { timeout: 240_000 }, () => {
  let files, server, profile, context, page;
  const run = (name, ...args) =>
    page.evaluate(([scenario, given]) => globalThis.scenario(scenario, ...given), [name, args]);

  before(async () => {
    files = await buildStoragePage();
    server = await serve({ storage: files.folder });
    profile = makeProfile();
    context = await launch(profile);
    page = await openPage(context, `${server.origin}/storage/index.html`);
  });
  after(async () => {
    await context?.close();
    await server?.close();
    profile?.remove();
    files?.remove();
  });

  for (const kind of ["opfs", "indexeddb"]) {
    it(`${kind} keeps the contract of HostStorage`, async (t) => {
      for (const name of await run("contractCases", kind))
        await t.test(name, () => run("contract", kind, name));
    });

    it(`${kind} holds what a plain map would, over 3 x 600 random calls and reopenings`, async () => {
      for (const seed of [1, 2, 3]) await run("model", kind, `model-${kind}-${seed}`, seed, 600);
    });
  }

  it("opfs holds what a plain map would when it has three handles, no spares and files that are old at once", async () => {
    await run("model", "opfs", "model-few", 4, 600, { handlesMax: 3, spares: 0 });
    await run("model", "opfs", "model-old", 5, 600, { youngMillis: 20, spares: 2 });
  });

  it("opfs keeps files beyond its handles, and they survive a reopening", () => run("manyFiles", "many", 40));

  it("opfs treats every answer of write() but the length as a failure, and the next write follows the good bytes", async () => {
    await run("shortWrite", "short-1", 2);
    await run("shortWrite", "short-2", 4294967288);
  });

  it("opfs believes the bridge and not what a failed move to OPFS has left", () =>
    run("failedMove", "moved"));

  it("opfs leaves no file behind for each spare that it fails to make", async () => {
    assert.ok((await run("vainSpares", "vain")) <= 1);
  });

  it("opfs keeps the handle of a file that was freed while the handle was made", async () => {
    assert.equal(await run("freedWhileMoving", "freed"), 1);
  });

  it("opfs changes nothing more after a change that was waiting has failed, and can be read", async () => {
    assert.deepEqual(await run("failedHeldWrite", "held"), Array(7).fill("NO_SPACE"));
  });

  it("opfs forgets bridged pieces of a sync that was never complete", async () => {
    assert.deepEqual(await run("unlistedPieces", "unlisted"), []);
  });

  it("opfs gives back the handles of an opening that fails", async () => {
    assert.equal(await run("unreadableFile", "unreadable"), "NO_SPACE");
  });

  it("indexeddb stops writing once another tab has opened the database", () => run("fenced", "fenced"));

  for (const [scenario, page] of [
    ["bridgeExample", "bridge.md"],
    ["indexedDbExample", "indexeddb.md"],
  ]) {
    it(`stores what docs/formats/${page} shows`, async () => {
      const entries = await run(scenario, "example");
      assert.equal(entries.join("\n") + "\n", workedExamples(page)[0]);
    });
  }

  it("opfs loses nothing that was durable in 60 x 5 power failures, however young its files are", async (t) => {
    const totals = await run("powerCuts", "cuts", 1, 60);
    t.diagnostic(JSON.stringify(totals));
    assert.ok(totals.published > 200 && totals.vanished > 100, JSON.stringify(totals));
  });

  for (const kind of ["opfs", "indexeddb"]) {
    it(`${kind} takes 60 MiB of new files at once`, async (t) => {
      t.diagnostic(`${await run("large", kind, `large-${kind}`, 60)} ms`);
    });
  }

  it("opfs opens while the worker before it is still giving up its handles", async () => {
    await run("leaveOpen", "opfs", "reload", 5, 77);
    await page.reload();
    assert.deepEqual(await run("firstBytes", "opfs", "reload"), [[5, 100_000, 77]]);
  });

  for (const kind of ["opfs", "indexeddb"]) {
    it(`${kind} keeps what was settled when its worker is ended`, async () => {
      await run("leaveOpen", kind, `ended-${kind}`, 9, 33);
      await page.evaluate(() => {
        globalThis.worker.terminate();
        delete globalThis.worker;
      });
      assert.deepEqual(await run("firstBytes", kind, `ended-${kind}`), [[9, 100_000, 33]]);
    });
  }

  it("auto is OPFS, else IndexedDB, else memory, and says so; a place asked for by name is never replaced", async () => {
    const [best, second, last] = await run("fallbacks");
    assert.deepEqual(best, ["opfs", ""]);
    assert.equal(second[0], "indexeddb");
    assert.match(second[1], /no OPFS.*held in memory/);
    assert.equal(last[0], "memory");
    assert.match(last[1], /NOTHING IS STORED/);
  });

  it("reports how long things take", async (t) => {
    for (const kind of ["opfs", "indexeddb"]) {
      const millis = await run("timings", kind, `timings-${kind}`, 10, 2 ** 20);
      t.diagnostic(`${kind}, 10 new files of 1 MiB: ${JSON.stringify(millis)}`);
      assert.ok(millis.strictAppend < 1000);
    }
  });

  it("runs under the strict policy without errors on the page", () => page.noErrors());
});
