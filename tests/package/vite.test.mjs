// The installed package in a production build of Vite, served under a path.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { build } from "vite";
import { findChromium, launch, makeProfile, openPage } from "../browser/support/chromium.mjs";
import { serve } from "../browser/support/server.mjs";
import { installPackage } from "./support/installed.mjs";

const skip = findChromium()
  ? false
  : "NO CHROMIUM on this machine: the Vite build was not tried in a page (set CHROMIUM)";

const MAIN = `
import { open } from "stratadb";
window.ready = (async () => {
  const db = await open("notes");
  const notes = await db.collection("notes", { dimension: 2 });
  const before = await notes.count();
  await notes.upsert([{ id: before, vector: [1, before] }]);
  const [hit] = await notes.search([1, 0]);
  await db.close();
  return { before, hit: hit.id, storage: db.storage.kind };
})();
window.exportNotes = async () => {
  const db = await open("notes");
  const { readable, writable } = new TransformStream();
  const [text] = await Promise.all([new Response(readable).text(), db.export(writable)]);
  await db.close();
  return text;
};
`;

describe("the installed package in a Vite build", { skip, timeout: 120_000 }, () => {
  let installed, server, profile, context;

  before(async () => {
    installed = await installPackage();
    const root = join(installed.project, "app");
    mkdirSync(root);
    writeFileSync(
      join(root, "index.html"),
      '<!doctype html><meta charset="utf-8"><script type="module" src="/main.js"></script>',
    );
    writeFileSync(join(root, "main.js"), MAIN);
    // No option but the path: what a project that has just been made would do.
    await build({ root, base: "/app/", logLevel: "warn", configFile: false });
    server = await serve({ app: join(root, "dist") });
    profile = makeProfile();
    context = await launch(profile);
  });
  after(async () => {
    await context?.close();
    await server?.close();
    profile?.remove();
    installed?.remove();
  });

  it("ships the worker and the .wasm as files of their own", () => {
    const assets = join(installed.project, "app/dist/assets");
    assert.ok(existsSync(assets));
    const names = readdirSync(assets).join(" ");
    assert.match(names, /strata-[\w-]+\.wasm/);
    assert.match(names, /worker-[\w-]+\.js/);
  });

  it("writes, and after a reload reads and exports what it wrote", async () => {
    const page = await openPage(context, `${server.origin}/app/index.html`);
    assert.deepEqual(await page.evaluate(() => window.ready), { before: 0, hit: 0, storage: "opfs" });
    await page.reload();
    assert.deepEqual(await page.evaluate(() => window.ready), { before: 1, hit: 0, storage: "opfs" });
    assert.match(await page.evaluate(() => window.exportNotes()), /^{"strata":"export"/);
    page.noErrors();
  });
});
