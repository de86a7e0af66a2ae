import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonl, withBooks, workplace } from "./support/books.mjs";
import { cli, cliJson } from "./support/cli.mjs";
import { fvecs } from "./support/vector_files.mjs";

describe("stratadb search", () => {
  it("finds by a vector, a file, and a record that it leaves out", async (t) => {
    const { db, file } = await withBooks(t);
    const ids = async (...args) => (await cliJson("search", db, "books", ...args)).hits.map(({ id }) => id);
    assert.deepEqual(await ids("--vector", "[1, 0.1]", "-k", "2"), ["b1", 7]);
    assert.deepEqual(await ids("--vector", "1 0.1", "-k", "2", "--exact"), ["b1", 7]);
    assert.deepEqual(
      await ids("--vector-file", file("q.fvecs", fvecs([0, 1], [1, 0])), "--row", "1", "-k", "1"),
      ["b1"],
    );
    assert.deepEqual(await ids("--id", "b1", "-k", "1"), [7]);
    assert.deepEqual(await ids("--id", "7", "--string-ids", "-k", "9"), ["b2", 7, "b1"]);
    assert.deepEqual(await ids("--vector", "1 0.1", "--filter", "tags contains 'db' and year > 2000"), [7]);
    assert.deepEqual(await ids("--vector", "1 0", "--radius", "0.5", "--ef", "50", "--probes", "9"), [
      "b1",
      7,
    ]);
  });

  it("shows hits to people and the plan on request", async (t) => {
    const { db } = await withBooks(t);
    const { stdout } = await cli("search", db, "books", "--vector", "1 0", "-k", "1", "--explain");
    assert.match(stdout, /^1\. "b1" {2}distance 0\.0000\n {3}\{"year":1999,"tags":\["db"\]\}\n {3}first\n/);
    assert.match(stdout, /segment \d+: scan/);
    const { hits, plans, counters } = await cliJson("search", db, "books", "--vector", "1 0", "--explain");
    assert.equal(hits.length, 4);
    assert.ok(plans.length > 0 && counters.distancesExact > 0);
    const none = await cli("search", db, "books", "--vector", "1 0", "--filter", "year = 1");
    assert.deepEqual([none.status, none.stdout], [0, "nothing found\n"]);
  });

  it("lets no control character of a record reach the terminal", async (t) => {
    const { db, file } = workplace(t);
    const record = {
      id: "a\u001b[31m",
      vector: [1],
      text: "\u001b]0;title\u0007",
      metadata: { "\u009b": "\u001b" },
    };
    await cliJson("import", db, "v", file("a.jsonl", jsonl(record)));
    for (const args of [
      ["search", db, "v", "--vector", "1"],
      ["scan", db, "v"],
    ]) {
      assert.doesNotMatch((await cli(...args)).stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  it("ends with 6 for a query that does not fit", async (t) => {
    const { db, file } = await withBooks(t);
    for (const args of [
      ["--vector", "1 2 3"],
      ["--vector", "0 0"],
      ["--vector-file", file("q.fvecs", fvecs([1, 2])), "--row", "1"],
      ["--vector", "1 0", "--filter", "year >"],
    ]) {
      const { status, stderr } = await cli("search", db, "books", ...args);
      assert.equal(status, 6, `${args.join(" ")}: ${stderr}`);
    }
  });
});
