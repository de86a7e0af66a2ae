import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withBooks } from "./support/books.mjs";
import { cli, cliJson } from "./support/cli.mjs";

describe("stratadb stats and compact", () => {
  it("stats and compact tell what there is", async (t) => {
    const { db } = await withBooks(t);
    const { bytesBefore, bytesAfter } = await cliJson("compact", db);
    assert.ok(bytesBefore > 0 && bytesAfter > 0);
    const { collections, files, recovery } = await cliJson("stats", db);
    assert.equal(collections[0].name, "books");
    assert.equal(collections[0].records, 4);
    assert.ok(files > 0);
    assert.equal(recovery.logDamaged, false);
    assert.match((await cli("stats", db)).stdout, /books\n {2}records +4\n/);
    assert.match((await cli("compact", db)).stdout, /before, .* after\n$/);
  });
});
