import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonl, recordsOf, withBooks, workplace } from "./support/books.mjs";
import { cli, cliJson, cliLines, start } from "./support/cli.mjs";

describe("stratadb scan", () => {
  it("scan goes through the ids in order, from, to, with a filter and a limit", async (t) => {
    const { db } = await withBooks(t);
    const ids = async (...args) => (await cliLines("scan", db, "books", ...args)).map(({ id }) => id);
    assert.deepEqual(await ids(), [7, "7", "b1", "b2"]);
    assert.deepEqual(await ids("--prefix", "b"), ["b1", "b2"]);
    assert.deepEqual(await ids("--from", "b1", "--to", "b2"), ["b1"]);
    assert.deepEqual(await ids("--limit", "2"), [7, "7"]);
    assert.deepEqual(await ids("--filter", "year >= 2005 and tags contains 'db'"), [7]);
    assert.equal((await cli("scan", db, "books", "--filter", "year >=")).status, 6);
  });

  it("scan prints what import reads", async (t) => {
    const { db, file } = await withBooks(t);
    const { stdout } = await cli("scan", db, "books", "--vectors", "--json");
    await cliJson("import", file("copy"), "books", file("copy.jsonl", stdout));
    assert.deepEqual(await recordsOf(file("copy"), "books"), await recordsOf(db, "books"));
  });

  it("stops quietly when nobody reads on", async (t) => {
    const { db, file } = workplace(t);
    const many = Array.from({ length: 20_000 }, (_, id) => ({ id, text: "x".repeat(50) }));
    await cliJson("import", db, "many", file("many.jsonl", jsonl(...many)), "--no-compact");
    const child = start("scan", db, "many", "--json");
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(status, 0);
  });
});
