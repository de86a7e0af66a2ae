import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withBooks } from "./support/books.mjs";
import { cli, cliJson } from "./support/cli.mjs";

describe("stratadb get", () => {
  it("get shows a record; ids of digits are integers unless --string-ids", async (t) => {
    const { db } = await withBooks(t);
    assert.deepEqual(await cliJson("get", db, "books", "b1"), {
      id: "b1",
      vector: [1, 0],
      metadata: { year: 1999, tags: ["db"] },
      text: "first",
    });
    assert.equal((await cliJson("get", db, "books", "7")).metadata.year, 2010);
    assert.equal((await cliJson("get", db, "books", "7", "--string-ids")).metadata.year, 2020);
    const { status, stdout } = await cli("get", db, "books", "b1");
    assert.equal(status, 0);
    assert.match(
      stdout,
      /"b1"\n {2}metadata {2}\{"year":1999,"tags":\["db"\]\}\n {2}text {6}first\n {2}vector {4}\[1\.000, 0\.000\]/,
    );
  });
});
