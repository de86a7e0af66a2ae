// The installed package in a page with a script tag and no bundler, under the strictest policy it can work with.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findChromium, launch, makeProfile, openPage } from "../browser/support/chromium.mjs";
import { serve } from "../browser/support/server.mjs";
import { gzipBytes, loadedByPage } from "./support/browser_core.mjs";
import { installPackage } from "./support/installed.mjs";

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const skip = findChromium()
  ? false
  : "NO CHROMIUM on this machine: the package was not tried in a page (set CHROMIUM)";

const PAGE = `
import { open } from "/stratadb/dist/browser/index.js";
window.ready = (async () => {
  const db = await open("library");
  const books = await db.collection("books", { dimension: 3, metric: "l2" });
  const before = await books.count();
  await books.upsert([{ id: "b" + before, vector: [before, 1, 2], metadata: { before } }]);
  const hits = await books.search([0, 1, 2], { k: 10, filter: { before: { $gte: 0 } } });
  await db.close();
  return { before, hits, storage: db.storage.kind, isolated: window.crossOriginIsolated };
})();
`;

describe("the installed package in a plain page", { skip, timeout: 120_000 }, () => {
  let installed, server, profile, context;
  const requested = [];

  before(async () => {
    installed = await installPackage();
    const site = join(installed.project, "site");
    mkdirSync(site);
    writeFileSync(
      join(site, "index.html"),
      '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>',
    );
    writeFileSync(join(site, "page.js"), PAGE);
    server = await serve({ site, stratadb: installed.packageFolder }, { policy: POLICY });
    profile = makeProfile();
    context = await launch(profile);
    context.on("request", (request) => requested.push(request.url()));
  });
  after(async () => {
    await context?.close();
    await server?.close();
    profile?.remove();
    installed?.remove();
  });

  it("writes, and after a reload reads what it wrote, without cross-origin isolation", async () => {
    const page = await openPage(context, `${server.origin}/site/index.html`);
    const first = await page.evaluate(() => window.ready);
    assert.deepEqual([first.before, first.storage, first.isolated], [0, "opfs", false]);
    await page.reload();
    const { before, hits } = await page.evaluate(() => window.ready);
    assert.equal(before, 1);
    assert.deepEqual(
      hits.map(({ id, distance }) => [id, distance]),
      [
        ["b0", 0],
        ["b1", 1],
      ],
    );
    page.noErrors();
  });

  it("asks no other host for anything, and loads the files that the size budget counts", (t) => {
    assert.deepEqual(
      requested.filter((url) => !url.startsWith(`${server.origin}/`)),
      [],
    );
    const loaded = new Set(
      server.requests.filter((path) => path.includes("/dist/")).map((path) => path.split("/dist/")[1]),
    );
    const wasm = [...loaded].filter((name) => name.endsWith(".wasm"));
    assert.equal(wasm.length, 1, `loaded ${wasm}`);
    assert.deepEqual([...loaded].sort(), loadedByPage(join(installed.packageFolder, "dist"), wasm[0]));
    const bytes = [...loaded].reduce(
      (sum, name) => sum + gzipBytes(join(installed.packageFolder, "dist", name)),
      0,
    );
    t.diagnostic(`a page that opens, writes and searches loads ${loaded.size} files, ${bytes} bytes gzipped`);
  });

  it("loads the code of export() and import() when they are called, and ends their streams if it cannot", async () => {
    const page = await openPage(context, `${server.origin}/site/index.html`);
    const code = `${server.origin}/stratadb/dist/browser/transfer.js`;
    const transfer = () =>
      page.evaluate(async () => {
        const { open, StrataError } = await import("/stratadb/dist/browser/index.js");
        await window.ready;
        const db = await open("library");
        const records = await (await db.collection("books")).count();
        const { readable, writable } = new TransformStream();
        const exported = new Response(readable).arrayBuffer().catch(() => "it failed");
        const failure = await db.export(writable).catch((error) => error);
        const bytes = await exported;
        if (failure) {
          await db.close();
          return { code: failure instanceof StrataError && failure.code, read: bytes };
        }
        await db.drop("books");
        const summary = await db.import(new Response(bytes).body);
        await db.close();
        return { ...summary, missing: records - summary.records };
      });
    await page.route(code, (route) => route.abort());
    assert.deepEqual(await transfer(), { code: "IO_ERROR", read: "it failed" });
    await page.unroute(code);
    await page.reload(); // A page does not ask again for a module that it could not load.
    const { collections, records, missing } = await transfer();
    assert.deepEqual([collections, records > 0, missing], [1, true, 0]);
  });

  it("has one StrataError, in the embedders too", async () => {
    const page = await openPage(context, `${server.origin}/site/index.html`);
    const code = await page.evaluate(async () => {
      const { StrataError } = await import("/stratadb/dist/browser/index.js");
      const { LsaEmbedder } = await import("/stratadb/dist/browser/embed.js");
      return LsaEmbedder.train("no array").catch((error) => error instanceof StrataError && error.code);
    });
    assert.equal(code, "INVALID_ARGUMENT");
  });
});
