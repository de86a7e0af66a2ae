// kill -9 of the whole browser while it writes, again and again on one profile.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchToKill, makeProfile, openPage } from "./support/chromium.mjs";
import { serveSite } from "./support/site.mjs";

const ROUNDS = 20;
const KINDS = ["opfs", "indexeddb"];

describe("kill -9 of Chromium", { timeout: 300_000 }, () => {
  let site, profile;
  /** Acknowledged records by kind, as the page reported them before it was killed. */
  const acknowledged = { opfs: new Set(), indexeddb: new Set() };

  before(async () => {
    site = await serveSite({
      onPost: (body) => {
        const [kind, n] = body.split(" ");
        acknowledged[kind].add(Number(n));
      },
    });
    profile = makeProfile();
  });
  after(async () => {
    await site?.close();
    profile?.remove();
  });

  it(`loses no acknowledged record in ${ROUNDS} rounds, on OPFS and IndexedDB, with relaxed durability`, async (t) => {
    for (let round = 0; round <= ROUNDS; round++) {
      const { context, kill } = await launchToKill(profile);
      try {
        const page = await openPage(context, site.page);
        for (const kind of KINDS) {
          await page.evaluate((k) => test.open(k, { storage: k }), kind);
          const found = await page.evaluate((k) => test.numbers(k), kind);
          const there = new Set(found);
          assert.equal(there.size, found.length, `round ${round}, ${kind}: a record is there twice`);
          const lost = [...acknowledged[kind]].filter((n) => !there.has(n));
          assert.deepEqual(lost, [], `round ${round}, ${kind}: acknowledged and lost`);
          assert.deepEqual(await page.evaluate((k) => test.database(k).verify(), kind), []);
        }
        if (round === ROUNDS) break;
        const writing = page.evaluate(
          ([kinds, from]) => {
            const tell = (kind) => (n) =>
              void fetch("/acknowledged", { method: "POST", body: `${kind} ${n}` });
            return Promise.all(kinds.map((kind) => test.stream(kind, from, from + 100_000, tell(kind))));
          },
          [KINDS, round * 100_000],
        );
        writing.catch(() => {}); // It never ends by itself.
        await new Promise((resolve) => setTimeout(resolve, 150 + 37 * round));
      } finally {
        await kill();
      }
    }
    t.diagnostic(KINDS.map((kind) => `${kind}: ${acknowledged[kind].size} acknowledged`).join(", "));
    for (const kind of KINDS) assert.ok(acknowledged[kind].size > 10 * ROUNDS);
  });
});
