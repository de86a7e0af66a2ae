// The command line from end to end, as child processes of the built package.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { open } from "stratadb";
import { answerOf, cli, cliJson, cliLines, start } from "./support/cli.mjs";
import { freshPath } from "./support/folder.mjs";
import { bvecs, fvecs, npy } from "./support/vector_files.mjs";

const jsonl = (...records) => records.map((record) => JSON.stringify(record) + "\n").join("");

/** A path for a database, and a function that writes files beside it. */
function workplace(t) {
  const db = freshPath(t);
  const file = (name, contents) => {
    const path = join(dirname(db), name);
    if (contents !== undefined) writeFileSync(path, contents);
    return path;
  };
  return { db, file };
}

const BOOKS = jsonl(
  { id: "b1", vector: [1, 0], metadata: { year: 1999, tags: ["db"] }, text: "first" },
  { id: "b2", vector: [0, 1], metadata: { year: 2005, tags: ["web"] } },
  { id: 7, vector: [1, 1], metadata: { year: 2010, tags: ["db"] } },
  { id: "7", vector: [-1, 0], metadata: { year: 2020 } },
);

function bytesIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function withBooks(t) {
  const place = workplace(t);
  await cliJson("import", place.db, "books", place.file("books.jsonl", BOOKS));
  return place;
}

async function reading(path, action) {
  const db = await open(path, { readOnly: true });
  try {
    return await action(db);
  } finally {
    await db.close();
  }
}

const recordsOf = (path, collection) =>
  reading(path, async (db) => {
    const records = [];
    for await (const record of (await db.collection(collection)).scan()) records.push(record);
    return records;
  });

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
      ["search", db, "books", "--text", "there is no model"],
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

  it("ends with 4 when verify finds damage, and says where", async (t) => {
    const { db } = await withBooks(t);
    await cliJson("compact", db);
    assert.deepEqual((await cliJson("verify", db)).damages, []);
    const largest = readdirSync(db)
      .filter((name) => name.endsWith(".strata"))
      .map((name) => join(db, name))
      .sort((a, b) => readFileSync(b).length - readFileSync(a).length);
    let found = 0;
    for (const path of largest) {
      const bytes = readFileSync(path);
      const flipped = Buffer.from(bytes);
      flipped[flipped.length >> 1] ^= 1;
      writeFileSync(path, flipped);
      const { status, stdout, stderr } = await cli("verify", db);
      if (status === 4) found++;
      else assert.equal(status, 0, stdout + stderr);
      writeFileSync(path, bytes);
    }
    assert.ok(found > 0, "no flipped byte was found");
    assert.equal((await cli("verify", db)).status, 0);
  });
});

describe("stratadb get, scan, stats, compact, export", () => {
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

describe("stratadb import", () => {
  it("stores JSON Lines and makes the collection as told", async (t) => {
    const { db, file } = workplace(t);
    const summary = await cliJson(
      ...["import", db, "books", file("a.jsonl", BOOKS), "--metric", "l2", "--index", "hnsw"],
      ...["--m", "8", "--ef-construction", "50", "--quantization", "none", "--batch", "3"],
    );
    assert.deepEqual(
      { ...summary, seconds: 0 },
      {
        collection: "books",
        dimension: 2,
        metric: "l2",
        records: 4,
        vectors: 4,
        seconds: 0,
        compacted: false,
      },
    );
    const { options } = await reading(db, (opened) => opened.collection("books"));
    assert.deepEqual(options, {
      dimension: 2,
      metric: "l2",
      index: { type: "hnsw", m: 8, efConstruction: 50 },
      quantization: "none",
    });
  });

  it("adds to a collection that is there, and refuses one that was made otherwise", async (t) => {
    const { db, file } = await withBooks(t);
    await cliJson(
      "import",
      db,
      "books",
      file("more.jsonl", jsonl({ id: "b3", vector: [2, 2] })),
      "--metric",
      "cosine",
      "--m",
      "16",
    );
    assert.equal((await recordsOf(db, "books")).length, 5);
    for (const args of [
      ["--metric", "l2"],
      ["--m", "8"],
      ["--index", "flat"],
      ["--quantization", "none"],
    ]) {
      const { status, stderr } = await cli("import", db, "books", file("more.jsonl"), ...args);
      assert.equal(status, 6, stderr);
      assert.match(stderr, /FAILED_PRECONDITION/);
    }
    const { status, stderr } = await cli(
      "import",
      db,
      "books",
      file("wide.jsonl", jsonl({ id: 1, vector: [1, 2, 3] })),
    );
    assert.equal(status, 6);
    assert.match(stderr, /wide.jsonl, lines 1 to 1: record 0: vector has 3 numbers, expected 2/);
  });

  it("numbers records without an id, over all files", async (t) => {
    const { db, file } = workplace(t);
    await cliJson(
      "import",
      db,
      "v",
      file("a.fvecs", fvecs([1, 2], [3, 4])),
      file("b.bvecs", bvecs([5, 6])),
      "--metric",
      "l2",
    );
    const records = await recordsOf(db, "v");
    assert.deepEqual(
      records.map(({ id, vector }) => [id, ...vector]),
      [
        [0, 1, 2],
        [1, 3, 4],
        [2, 5, 6],
      ],
    );
  });

  it("stores .npy with metadata beside it, and CSV", async (t) => {
    const { db, file } = workplace(t);
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    const array = file("a.npy", npy(header, Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)));
    const metadata = file("m.jsonl", jsonl({ id: "x", kind: "a", text: "t" }, { id: "y", kind: "b" }));
    await cliJson("import", db, "npy", array, "--metadata", metadata);
    assert.deepEqual(await cliJson("get", db, "npy", "x"), {
      id: "x",
      vector: [1, 2],
      metadata: { kind: "a" },
      text: "t",
    });

    const csv = file("a.csv", 'name,emb,body,year\nx,"[1, 2]",hello,1999\ny,3;4,,\n');
    await cliJson(
      "import",
      db,
      "csv",
      csv,
      "--id-field",
      "name",
      "--vector-field",
      "emb",
      "--text-field",
      "body",
    );
    assert.deepEqual(await cliLines("scan", db, "csv", "--vectors"), [
      { id: "x", vector: [1, 2], metadata: { year: 1999 }, text: "hello" },
      { id: "y", vector: [3, 4], metadata: {} },
    ]);
    const { status, stderr } = await cli("import", db, "csv", csv, "--vector-field", "vektor");
    assert.equal(status, 6);
    assert.match(stderr, /no column "vektor"; there are "name", "emb", "body", "year"/);
  });

  it("reads stdin", async (t) => {
    const { db } = workplace(t);
    const child = start("import", db, "books", "-", "--json");
    child.stdin.end(BOOKS);
    const { status, stdout, stderr } = await answerOf(child);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).records, 4);
  });

  it("gives bad files 6 and a sentence, makes no database for them, and leaves one that is there whole", async (t) => {
    const { db, file } = await withBooks(t);
    const before = await recordsOf(db, "books");
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    for (const [name, contents, message] of [
      ["cut.fvecs", fvecs([1, 2], [3, 4]).subarray(0, 20), /cut after row 0/],
      ["mixed.fvecs", fvecs([1, 2], [3, 4, 5], [1, 2], [3]), /row 1 .*has 3 numbers, expected 2/],
      ["nan.fvecs", fvecs([1, 2], [3, NaN]), /row 1 .*number 1 is NaN/],
      ["cut.bvecs", bvecs([1, 2]).subarray(0, 5), /cut after row -1/],
      ["wrong.npy", "not numpy", /does not begin as an .npy file does/],
      ["short.npy", npy(header, Buffer.alloc(15)), /has 15 bytes, expected 16/],
      ["words.jsonl", "these are words\n", /line 1: it is not JSON/],
      [
        "mixed.jsonl",
        jsonl({ id: "b1", vector: [9, 9] }, { vector: [1] }),
        /line 2: the vector has 1 numbers/,
      ],
      ["nan.jsonl", '{"vector":[1,NaN]}\n', /line 1: it is not JSON/],
      [
        "zero.jsonl",
        jsonl({ id: "b1", vector: [9, 9] }, { vector: [0, 0] }),
        /lines 1 to 2: .*1.*the vector's length is zero/,
      ],
      ["cut.csv", 'id,vector\n1,"1 2', /Quote Not Closed/],
      ["cut.jsonl", BOOKS.slice(0, -10), /line 4: it is not JSON/],
    ]) {
      const path = file(name, contents);
      for (const place of name === "zero.jsonl" ? [db] : [db, file("new")]) {
        const { status, stderr } = await cli("import", place, "books", path);
        assert.equal(status, 6, `${name}: ${stderr}`);
        assert.match(stderr, message);
        assert.ok(stderr.includes(name), stderr);
      }
      assert.equal(existsSync(file("new")), false, `${name} made a database`);
    }
    assert.deepEqual(await recordsOf(db, "books"), before);
    assert.equal((await cli("verify", db)).status, 0);
  });

  it("keeps the batches before a bad line, whole, and says how many records they hold", async (t) => {
    const { db, file } = workplace(t);
    const good = jsonl(...Array.from({ length: 25 }, (_, id) => ({ id, vector: [1, id] })));
    const { status, stderr } = await cli("import", db, "v", file("a.jsonl", good + "{}}\n"), "--batch", "10");
    assert.equal(status, 6);
    assert.match(stderr, /line 26: it is not JSON.*; the 20 records before it are stored/);
    assert.equal((await recordsOf(db, "v")).length, 20);
  });

  it("ends at a bad line of stdin without waiting for its end", async (t) => {
    const { db } = workplace(t);
    const child = start("import", db, "books", "-");
    child.stdin.on("error", () => {});
    child.stdin.write("these are words\n" + " ".repeat(100_000));
    assert.equal((await answerOf(child)).status, 6);
    const held = await open(db);
    t.after(() => held.close());
    const second = start("import", db, "books", "-", "--batch", "1");
    second.stdin.write(BOOKS);
    assert.equal((await answerOf(second)).status, 5);
  });

  it("stops at Ctrl-C after the batch under way", async (t) => {
    const { db } = workplace(t);
    const child = start("import", db, "v", "-", "--batch", "100");
    let lines = 0;
    const feed = setInterval(() => {
      child.stdin.write(jsonl(...Array.from({ length: 100 }, () => ({ id: lines++, vector: [1, lines] }))));
      if (!child.killed && bytesIn(db) > 100_000) child.kill("SIGINT");
    }, 5);
    child.stdin.on("error", () => {}); // It need not read to the end.
    const { status, stderr } = await answerOf(child);
    clearInterval(feed);
    assert.equal(status, 130, stderr);
    const stored = Number(
      /interrupted; the (\d+) records before it are stored \(ABORTED\)/.exec(stderr)?.[1],
    );
    assert.ok(stored > 0 && stored % 100 === 0, stderr);
    assert.equal((await recordsOf(db, "v")).length, stored);
  });
});

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
    assert.deepEqual(await ids("--vector", "1 0", "--radius", "0.5", "--ef", "50"), ["b1", 7]);
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

describe("stratadb import --embed lsa", () => {
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
    const { status, stderr } = await cli("search", db, "texts", "--text", "qqq");
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
