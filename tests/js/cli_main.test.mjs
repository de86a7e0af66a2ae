// The command line as a whole: help, usage, JSON, exit statuses.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { open } from "stratadb";
import { BOOKS, withBooks } from "./support/books.mjs";
import { cli } from "./support/cli.mjs";

describe("stratadb", () => {
  it("explains itself, as a whole and command by command", async () => {
    const { status, stdout } = await cli("--help");
    assert.equal(status, 0);
    for (const name of ["import", "search", "get", "scan", "stats", "verify", "compact", "export"]) {
      assert.match(stdout, new RegExp(`^  ${name} `, "m"));
      const help = await cli(name, "--help");
      assert.equal(help.status, 0);
      assert.match(help.stdout, new RegExp(`^usage: stratadb ${name} DIRECTORY`));
    }
    assert.match((await cli("--version")).stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("ends with 2 and the usage when it is called wrongly", async (t) => {
    const { db, file } = await withBooks(t);
    const books = file("books.jsonl");
    for (const args of [
      [],
      ["fly"],
      ["get", db],
      ["get", db, "books", "b1", "more"],
      ["stats", db, "--wrong"],
      ["search", db, "books"],
      ["search", db, "books", "--vector", "1 x"],
      ["search", db, "books", "--vector", "1 0", "--id", "b1"],
      ["search", db, "books", "--vector", "1 0", "-k", "0"],
      ["search", db, "books", "--vector", "1 0", "--row", "1"],
      ["search", db, "books", "--vector", "1 0", "--radius", "far"],
      ["scan", db, "books", "--limit", "-1"],
      ["import", db],
      ["import", db, "books", file("books.txt", BOOKS)],
      ["import", db, "books", books, "--format", "xml"],
      ["import", db, "books", books, "--metric", "hamming"],
      ["import", db, "books", books, "--index", "flat", "--m", "8"],
      ["import", db, "books", books, "--batch", "1000000"],
      ["import", db, "books", books, "--metadata", books],
      ["import", db, "books", books, "--compact", "--no-compact"],
    ]) {
      const { status, stderr, stdout } = await cli(...args);
      assert.equal(status, 2, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr + stdout, /usage: |stratadb --help/);
    }
  });

  it("answers in JSON, errors too, when asked to", async (t) => {
    const { db } = await withBooks(t);
    const missing = await cli("get", db, "books", "nobody", "--json");
    assert.equal(missing.status, 3);
    assert.deepEqual(JSON.parse(missing.stderr), {
      error: { code: "NOT_FOUND", message: 'there is no record "nobody"' },
    });
    assert.equal(missing.stdout, "");
    const wrong = await cli("get", db, "--json");
    assert.equal(wrong.status, 2);
    assert.equal(JSON.parse(wrong.stderr).error.code, "USAGE");
  });

  it("ends with 3 for a database, collection, record or file that is not there, and makes none", async (t) => {
    const { db, file } = await withBooks(t);
    const nowhere = file("nowhere");
    for (const args of [
      ["stats", nowhere],
      ["compact", nowhere],
      ["get", db, "papers", "b1"],
      ["get", db, "books", "b9"],
      ["scan", db, "papers"],
      ["search", db, "books", "--id", "b9"],
      ["search", db, "books", "--vector-file", file("none.fvecs")],
      ["search", db, "books", "--text", "there is no model", "--by", "vector"],
      ["import", nowhere, "books", file("none.jsonl")],
      ["import", nowhere, file("none.jsonl")],
    ]) {
      const { status, stderr } = await cli(...args);
      assert.equal(status, 3, `${args.join(" ")}: ${stderr}`);
    }
    assert.equal(existsSync(nowhere), false);
  });

  it("ends with 5 while another process writes to the database", async (t) => {
    const { db } = await withBooks(t);
    const held = await open(db);
    t.after(() => held.close());
    const { status, stderr } = await cli("compact", db);
    assert.equal(status, 5, stderr);
  });
});
