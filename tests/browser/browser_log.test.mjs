// Chromium keeps a site's IndexedDB in a LevelDB, whose log a kill can cut off in the middle of a record.
import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { launchToKill, makeProfile, openPage } from "./support/chromium.mjs";
import { serveSite } from "./support/site.mjs";

const KINDS = ["opfs", "indexeddb"];
// A record's checksum (any), length (75 bytes) and type (a whole one): what precedes its bytes.
const RECORD_HEADER = Uint8Array.of(1, 2, 3, 4, 75, 0, 1);

describe("the log of Chromium's IndexedDB", { timeout: 120_000 }, () => {
  let site, profile;

  before(async () => void (site = await serveSite()));
  after(() => site?.close());
  beforeEach((t) => {
    profile = makeProfile();
    t.after(() => profile.remove());
  });

  /** Runs `use` on the test page and then kills the browser. */
  async function untilKilled(use) {
    const { context, kill } = await launchToKill(profile);
    try {
      await use(await openPage(context, site.page));
    } finally {
      await kill();
    }
  }

  const openAndPut = (page, ...numbers) =>
    page.evaluate(
      async ([kinds, put]) => {
        for (const kind of kinds) {
          await test.open(kind, { storage: kind });
          await test.put(kind, ...put);
        }
      },
      [KINDS, numbers],
    );

  function newestLog() {
    const stores = join(profile.path, "Default/IndexedDB");
    const store = join(
      stores,
      readdirSync(stores).find((name) => name.endsWith(".leveldb")),
    );
    const logs = readdirSync(store).filter((name) => /^\d+\.log$/.test(name));
    return join(store, logs.sort().at(-1));
  }

  it("may end in a record that a kill cut off: nothing is lost, however often it is opened after that", async () => {
    await untilKilled((page) => openAndPut(page, 1, 2));
    appendFileSync(newestLog(), RECORD_HEADER);
    await untilKilled((page) => openAndPut(page, 3));
    await untilKilled((page) => openAndPut(page, 4));
    await untilKilled(async (page) => {
      await openAndPut(page, 5);
      for (const kind of KINDS)
        assert.deepEqual(await page.evaluate((k) => test.numbers(k), kind), [1, 2, 3, 4, 5], kind);
    });
  });

  it("may be damaged, and all of IndexedDB thrown away: that is an error once, and OPFS keeps its records", async () => {
    await untilKilled((page) => openAndPut(page, 1, 2));
    const log = newestLog();
    const bytes = readFileSync(log);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(log, bytes);
    await untilKilled(async (page) => {
      const open = (kind) => page.evaluate((k) => test.code(test.open(k, { storage: k })), kind);
      assert.equal(await open("indexeddb"), "true CORRUPTION");
      assert.equal(await open("indexeddb"), "no error");
      assert.deepEqual(await page.evaluate(() => test.numbers("indexeddb")), []);
      assert.equal(await open("opfs"), "no error");
      assert.deepEqual(await page.evaluate(() => test.numbers("opfs")), [1, 2]);
    });
  });
});
