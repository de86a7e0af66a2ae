import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { recordsOf, withBooks } from "./support/books.mjs";
import { answerOf, cli, cliJson, start } from "./support/cli.mjs";

describe("stratadb export, and import of what it wrote", () => {
  it("export and import carry a database to another place, by file and through a pipe", async (t) => {
    const { db, file } = await withBooks(t);
    const exported = file("all.jsonl");
    assert.equal((await cliJson("export", db, exported)).bytes, readFileSync(exported).length);
    assert.deepEqual(await cliJson("import", file("copy"), exported), { collections: 1, records: 4 });
    assert.deepEqual(await recordsOf(file("copy"), "books"), await recordsOf(db, "books"));

    const [source, sink] = [start("export", db), start("import", file("piped"), "-", "--json")];
    source.stdout.pipe(sink.stdin);
    assert.deepEqual(JSON.parse((await answerOf(sink)).stdout), { collections: 1, records: 4 });
    assert.deepEqual(await recordsOf(file("piped"), "books"), await recordsOf(db, "books"));
  });

  it("export never overwrites, and import says what is wrong with what is no export", async (t) => {
    const { db, file } = await withBooks(t);
    const kept = file("kept.jsonl", "mine");
    const over = await cli("export", db, kept);
    assert.equal(over.status, 6);
    assert.match(over.stderr, /there is a file .*kept.jsonl already/);
    assert.equal(readFileSync(kept, "utf8"), "mine");

    const bare = await cli("import", file("new"), file("books.jsonl"));
    assert.equal(bare.status, 6);
    assert.match(bare.stderr, /it is no export of a database; to import records, name their collection/);
    const { stdout } = await cli("export", db);
    const cut = await cli("import", file("new"), file("cut.jsonl", stdout.slice(0, -40)));
    assert.equal(cut.status, 4);
    assert.match(cut.stderr, /import: /);
    const named = await cli("import", file("new"), "books", file("all.jsonl", stdout));
    assert.equal(named.status, 6);
    assert.match(named.stderr, /without naming a collection/);
  });
});
