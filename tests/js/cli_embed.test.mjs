import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonl, withBooks, workplace } from "./support/books.mjs";
import { answerOf, cli, cliJson, start } from "./support/cli.mjs";

describe("stratadb import --embed lsa, and search --text", () => {
  const TEXTS = [
    "The leader sends every write to its followers, so replication keeps copies of the data.",
    "A follower that lost its leader takes part in failover and replication goes on.",
    "An AVL tree keeps its balance by rotations after every insertion.",
    "A rotation in a balanced tree changes the height of two nodes.",
    "Redis is a key-value database that keeps its data in memory.",
    "A key-value store maps a key to a value and knows nothing else about it.",
  ];

  it("trains a model, stores it, and search --text uses it", async (t) => {
    const { db, file } = workplace(t);
    const texts = file("t.jsonl", jsonl(...TEXTS.map((text, id) => ({ id, text }))));
    const first = await cliJson("import", db, "texts", texts, "--embed", "lsa");
    assert.equal(first.vectors, 6);
    assert.equal(first.embedded.trained, true);
    const search = async (text) =>
      (await cliJson("search", db, "texts", "--text", text, "-k", "2")).hits.map(({ id }) => id);
    assert.deepEqual((await search("balanced tree rotations")).sort(), [2, 3]);
    assert.deepEqual((await search("replication by the leader")).sort(), [0, 1]);

    const more = file("m.jsonl", jsonl({ id: 6, text: "Rotations balance a tree." }, { id: 7, text: "qqq" }));
    const second = await cliJson("import", db, "texts", more, "--embed", "lsa");
    assert.deepEqual(second.embedded, { trained: false, unknownTexts: 1 });
    assert.equal((await cliJson("get", db, "texts", "7")).vector, undefined);
    assert.ok((await search("balanced tree rotations")).includes(6));
    // The model does not know it, but a record has it.
    assert.deepEqual(await search("qqq"), [7]);
    const { status, stderr } = await cli("search", db, "texts", "--text", "qqq", "--by", "vector");
    assert.equal(status, 6, stderr);
  });

  it("is refused where the texts cannot be read twice, or there are none", async (t) => {
    const { db, file } = await withBooks(t);
    const child = start("import", db, "texts", "-", "--embed", "lsa");
    child.stdin.end(jsonl({ text: "a" }));
    assert.equal((await answerOf(child)).status, 2);
    const { status, stderr } = await cli("import", db, "texts", file("books.jsonl"), "--embed", "lsa");
    assert.equal(status, 6, stderr);
  });
});
