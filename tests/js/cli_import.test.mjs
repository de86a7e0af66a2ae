import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { open } from "stratadb";
import { BOOKS, jsonl, reading, recordsOf, withBooks, workplace } from "./support/books.mjs";
import { answerOf, cli, cliJson, cliLines, start } from "./support/cli.mjs";
import { bvecs, fvecs, npy } from "./support/vector_files.mjs";

function bytesIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

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

  it("makes every kind of index and quantization, and keeps what an existing one has", async (t) => {
    const { db, file } = workplace(t);
    const books = file("a.jsonl", BOOKS);
    const cases = [
      [
        ["--index", "kd-tree", "--leaf-rows", "40"],
        { index: { type: "kd-tree", leafRows: 40, recallTarget: 0.95 } },
      ],
      [
        ["--index", "lsh", "--tables", "3", "--hashes", "9", "--recall-target", "0.9"],
        { index: { type: "lsh", tables: 3, hashes: 9, recallTarget: 0.9 } },
      ],
      [["--index", "kd-lsh", "--quantization", "rabitq"], { quantization: { type: "rabitq", bits: 2 } }],
      [
        ["--index", "flat", "--quantization", "pq", "--slices", "2", "--bits", "8", "--rotate"],
        { index: { type: "flat" }, quantization: { type: "pq", slices: 2, bits: 8, rotate: true } },
      ],
      [["--quantization", "rabitq", "--bits", "5"], { quantization: { type: "rabitq", bits: 5 } }],
    ];
    for (const [n, [args, expected]] of cases.entries()) {
      await cliJson("import", db, `c${n}`, books, ...args);
      const { options } = await reading(db, (opened) => opened.collection(`c${n}`));
      assert.deepEqual({ ...options, ...expected }, options);
      await cliJson("import", db, `c${n}`, books, ...args.slice(0, 2));
    }
    for (const args of [
      ["--tables", "3"],
      ["--index", "kd-lsh", "--tables", "3"],
      ["--index", "flat", "--m", "8"],
      ["--bits", "4"],
      ["--quantization", "rabitq", "--rotate"],
    ]) {
      const { status, stderr } = await cli("import", db, "other", books, ...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /belongs to --(index|quantization)/);
    }
    const { status, stderr } = await cli("import", db, "c1", books, "--tables", "4", "--index", "lsh");
    assert.equal(status, 6, stderr);
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
