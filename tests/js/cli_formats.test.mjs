// The readers of `stratadb import`, without a database: right rows from right files, and a sentence for every wrong one.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { bvecs, fvecs, npy } from "./support/vector_files.mjs";
import { importSources } from "./support/source.mjs";

const { formatOf, InputFile, parseId, parseVector, readRows, withMetadata } = await importSources(
  "cli/formats/formats.ts",
  "cli/formats/with_metadata.ts",
  "cli/input_file.ts",
  "cli/text_values.ts",
);

const folder = mkdtempSync(join(tmpdir(), "strata-formats-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const FIELDS = { id: "id", vector: "vector", text: "text" };

function reader(file, options = {}) {
  const { rows = 1000, bytes = 2 ** 25, fields = {}, wanted = [], stringIds = false, format } = options;
  const reading = { fields: { ...FIELDS, ...fields }, wanted, stringIds, limits: { rows, bytes } };
  return readRows(file, format ?? formatOf(file.name), reading);
}

async function batchesOf(name, contents, options) {
  const path = join(folder, name);
  writeFileSync(path, contents);
  const file = await InputFile.open(path);
  const batches = [];
  for await (const batch of reader(file, options)) batches.push(batch);
  return batches;
}

/** All rows, with vectors as plain arrays. */
async function rowsOf(name, contents, options) {
  const rows = (await batchesOf(name, contents, options)).flatMap((batch) => batch.rows);
  return rows.map((row) => (row.vector ? { ...row, vector: [...row.vector] } : row));
}

const refuses = (name, contents, message, options) =>
  assert.rejects(rowsOf(name, contents, options), (error) => {
    assert.equal(error.code, "INVALID_ARGUMENT", String(error));
    assert.ok(error.message.startsWith(join(folder, name)), `the message names the file: ${error.message}`);
    assert.match(error.message, message);
    return true;
  });

const jsonl = (...records) => records.map((record) => JSON.stringify(record) + "\n").join("");

describe("JSON Lines", () => {
  it("gives id, vector, text and metadata, each where it is there", async () => {
    const rows = await rowsOf(
      "a.jsonl",
      jsonl(
        { id: "x", vector: [1, 2.5], text: "t", metadata: { a: [1] } },
        { id: 7 },
        { id: "y", vector: null },
        {},
      ),
    );
    assert.deepEqual(rows, [
      { id: "x", vector: [1, 2.5], text: "t", metadata: { a: [1] } },
      { id: 7 },
      { id: "y" },
      {},
    ]);
  });

  it("takes all other members as metadata when none is called so, also one named __proto__", async () => {
    const [row] = await rowsOf("a.jsonl", '{"id":1,"year":1999,"__proto__":{"evil":1},"constructor":null}\n');
    assert.equal(JSON.stringify(row.metadata), '{"year":1999,"__proto__":{"evil":1},"constructor":null}');
    assert.equal({}.evil, undefined);
  });

  it("reads other names for id, vector and text", async () => {
    const fields = { id: "key", vector: "emb", text: "body" };
    const rows = await rowsOf("a.jsonl", jsonl({ key: 3, emb: [1], body: "b", id: "kept" }), { fields });
    assert.deepEqual(rows, [{ id: 3, vector: [1], text: "b", metadata: { id: "kept" } }]);
  });

  it("skips empty lines, a byte order mark and carriage returns, and needs no newline at the end", async () => {
    assert.deepEqual(await rowsOf("a.jsonl", '\ufeff{"id":1}\r\n\n  \n{"id":2}'), [{ id: 1 }, { id: 2 }]);
  });

  it("cuts batches by rows and by bytes, and names their lines", async () => {
    const text = jsonl(...Array.from({ length: 5 }, (_, id) => ({ id })));
    const byRows = await batchesOf("a.jsonl", text, { rows: 2 });
    assert.deepEqual(
      byRows.map(({ rows, where }) => [rows.length, where.replace(folder, "")]),
      [
        [2, "/a.jsonl, lines 1 to 2"],
        [2, "/a.jsonl, lines 3 to 4"],
        [1, "/a.jsonl, lines 5 to 5"],
      ],
    );
    assert.equal((await batchesOf("a.jsonl", text, { bytes: 1 })).length, 5);
  });

  it("refuses what is not a record, and names the line", async () => {
    const good = jsonl({ id: 0, vector: [1, 2] });
    await refuses("b.jsonl", good + '{"id":', /line 2: it is not JSON/);
    await refuses("b.jsonl", good + "[1]\n", /line 2: it must be an object, found an array/);
    await refuses("b.jsonl", good + "null\n", /line 2: it must be an object, found null/);
    await refuses("b.jsonl", good + '{"id":1,"vector":[1,NaN]}\n', /line 2: it is not JSON/);
    await refuses(
      "b.jsonl",
      good + '{"id":1,"vector":[1,1e999]}\n',
      /line 2: "vector": number 1 is Infinity/,
    );
    await refuses("b.jsonl", good + '{"id":1,"vector":[1,"2"]}\n', /number 1 is "2"/);
    await refuses(
      "b.jsonl",
      good + '{"id":1,"vector":[]}\n',
      /line 2: "vector": must be an array of numbers/,
    );
    await refuses(
      "b.jsonl",
      good + '{"id":1,"vector":[1]}\n',
      /line 2: the vector has 1 numbers, expected 2 as in .*line 1/,
    );
    await refuses("b.jsonl", good + '{"id":1.5}\n', /line 2: id 1.5 is not a safe integer/);
    await refuses("b.jsonl", good + '{"id":null}\n', /line 2: id must be/);
    await refuses("b.jsonl", good + '{"id":1,"text":5}\n', /line 2: text must be a string/);
    await refuses("b.jsonl", good + '{"id":1,"metadata":5}\n', /line 2: 'metadata' must be an object/);
    await refuses("b.jsonl", good + '{"id":1,"metadata":{},"a":1}\n', /line 2: beside 'metadata' stands "a"/);
    await refuses("b.jsonl", Buffer.from([...Buffer.from(good), 0x22, 0xff, 0x22]), /line 2: it is not JSON/);
    await refuses("b.jsonl", '{"strata":"export","version":1}\n', /without naming a collection/);
  });
});

describe("fvecs and bvecs", () => {
  it("give the numbers of the rows, over the border of a batch", async () => {
    assert.deepEqual(await rowsOf("a.fvecs", fvecs([1.5, -2], [3, 4], [5, 6]), { rows: 2 }), [
      { vector: [1.5, -2] },
      { vector: [3, 4] },
      { vector: [5, 6] },
    ]);
    assert.deepEqual(await rowsOf("a.bvecs", bvecs([0, 255, 7])), [{ vector: [0, 255, 7] }]);
    assert.deepEqual(await rowsOf("a.fvecs", ""), []);
  });

  it("names the rows of a batch", async () => {
    const batches = await batchesOf("a.bvecs", bvecs([1], [2], [3]), { bytes: 10 });
    assert.deepEqual(
      batches.map(({ where }) => where.replace(folder, "")),
      ["/a.bvecs, rows 0 to 1", "/a.bvecs, rows 2 to 2"],
    );
  });

  it("are refused when cut, mixed, absurd or not finite", async () => {
    const whole = fvecs([1, 2], [3, 4], [5, 6]);
    await refuses(
      "b.fvecs",
      whole.subarray(0, 30),
      /it has 30 bytes, expected a multiple of 12 .*cut after row 1/,
    );
    await refuses("b.fvecs", whole.subarray(0, 3), /it has 3 bytes, expected at least 4/);
    await refuses(
      "b.fvecs",
      fvecs([1, 2], [3, 4, 5, 6, 7], [6, 7], [8, 9]),
      /row 1 \(byte 12\): it has 5 numbers, expected 2/,
    );
    await refuses(
      "b.fvecs",
      Buffer.from([255, 255, 255, 127, 0]),
      /a vector has 2147483647 numbers, expected 1 to 65536/,
    );
    await refuses("b.fvecs", Buffer.from([0, 0, 0, 0]), /a vector has 0 numbers/);
    await refuses("b.fvecs", Buffer.from([255, 255, 255, 255]), /a vector has -1 numbers/);
    await refuses("b.fvecs", fvecs([1, 2], [3, NaN]), /row 1 \(byte 12\): number 1 is NaN/);
  });

  it("are refused when cut even where the size is not known beforehand", async () => {
    const fifo = join(folder, "pipe.fvecs");
    assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
    const [, error] = await Promise.all([
      import("node:fs/promises").then(({ writeFile }) =>
        writeFile(fifo, fvecs([1, 2], [3, 4]).subarray(0, 20)),
      ),
      InputFile.open(fifo)
        .then((file) => reader(file).next())
        .then(
          () => undefined,
          (thrown) => thrown,
        ),
    ]);
    assert.match(String(error), /it is cut: row 1 has 8 of 12 bytes/);
  });
});

describe("npy", () => {
  const header = (descr, shape, order = "False") =>
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

  it("gives the rows of every known type, in every version", async () => {
    const vector = [1, -2, 0.5];
    const types = {
      "<f8": Buffer.from(Float64Array.from(vector).buffer),
      "<f4": Buffer.from(Float32Array.from(vector).buffer),
      "<f2": Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x3800).buffer),
    };
    for (const version of [1, 2, 3]) {
      for (const [type, data] of Object.entries(types)) {
        assert.deepEqual(
          await rowsOf("a.npy", npy(header(type, "(1, 3)"), data, version)),
          [{ vector }],
          type,
        );
      }
    }
    const bytes = Buffer.from([1, 255, 128, 0]);
    assert.deepEqual(await rowsOf("a.npy", npy(header("|u1", "(2, 2)"), bytes)), [
      { vector: [1, 255] },
      { vector: [128, 0] },
    ]);
    assert.deepEqual(await rowsOf("a.npy", npy(header("|i1", "(2, 2)"), bytes)), [
      { vector: [1, -1] },
      { vector: [-128, 0] },
    ]);
    assert.deepEqual(await rowsOf("a.npy", npy(header("<f4", "(0, 3)"), Buffer.alloc(0))), []);
  });

  it("reads halves of every kind", async () => {
    const bits = [0x0001, 0x03ff, 0x0400, 0x7bff, 0x8001, 0x8000, 0x3555];
    const [{ vector }] = await rowsOf(
      "a.npy",
      npy(header("<f2", "(1, 7)"), Buffer.from(Uint16Array.from(bits).buffer)),
    );
    const expected = [2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, -(2 ** -24), -0, 1365 * 2 ** -12];
    assert.deepEqual(vector, expected.map(Math.fround));
  });

  it("is refused when the header lies or the data is not what it says", async () => {
    const data = Buffer.alloc(24);
    const whole = npy(header("<f4", "(2, 3)"), data);
    await refuses("b.npy", "", /does not begin as an .npy file does/);
    await refuses("b.npy", "hello world", /does not begin as an .npy file does/);
    await refuses("b.npy", whole.subarray(0, 9), /it is cut before its length/);
    await refuses("b.npy", whole.subarray(0, 40), /it is cut: 30 of \d+ bytes are there/);
    await refuses(
      "b.npy",
      whole.subarray(0, whole.length - 1),
      /after its header it has 23 bytes, expected 24/,
    );
    await refuses(
      "b.npy",
      Buffer.concat([whole, Buffer.alloc(1)]),
      /after its header it has 25 bytes, expected 24/,
    );
    await refuses("b.npy", npy(header("<f4", "(2, 3)"), data, 4), /version is 4.0, expected 1 to 3/);
    await refuses("b.npy", npy(header("<c8", "(2, 3)"), data), /type '<c8', expected one of <f8, <f4/);
    await refuses("b.npy", npy(header(">f4", "(2, 3)"), data), /type '>f4'/);
    await refuses("b.npy", npy(header("__proto__", "(2, 3)"), data), /type '__proto__'/);
    await refuses("b.npy", npy(header("<f4", "(2, 3)", "True"), data), /Fortran order/);
    await refuses("b.npy", npy(header("<f4", "(6,)"), data), /shape \(6,\)/);
    await refuses("b.npy", npy(header("<f4", "(1, 2, 3)"), data), /shape \(1, 2, 3\)/);
    await refuses(
      "b.npy",
      npy(header("<f4", "(2, 99999999)"), data),
      /99999999 numbers, expected 1 to 65536/,
    );
    await refuses("b.npy", npy(header("<f4", "(99999999999999999999, 3)"), data), /rows, at most/);
    await refuses("b.npy", npy("[('a', '<f4')]", data), /no readable 'descr'/);
    const huge = Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\xff", "latin1");
    await refuses("b.npy", huge, /its length is 4294967295, expected at most 65535/);
    const tooLarge = Buffer.from(Float64Array.of(1, 1e300).buffer);
    await refuses(
      "b.npy",
      npy(header("<f8", "(1, 2)"), tooLarge),
      /row 0 \(byte \d+\): number 1 is Infinity/,
    );
  });
});

describe("CSV", () => {
  it("gives ids, vectors, texts and typed metadata", async () => {
    const rows = await rowsOf(
      "a.csv",
      '\ufeffid,vector,text,year,good,code,big,rate\r\n1,"[1, 2]","a ""b"", c",1999,true,007,12345678901234567890,-1.5e1\n' +
        "x,3 4,,,,,,\n\n-2,5;6,line,0,false,1.,-0,.5\n",
    );
    assert.deepEqual(rows, [
      {
        id: 1,
        vector: [1, 2],
        text: 'a "b", c',
        metadata: { year: 1999, good: true, code: "007", big: "12345678901234567890", rate: -15 },
      },
      { id: "x", vector: [3, 4] },
      {
        id: -2,
        vector: [5, 6],
        text: "line",
        metadata: { year: 0, good: false, code: "1.", big: "-0", rate: ".5" },
      },
    ]);
  });

  it("keeps ids as strings on request", async () => {
    assert.deepEqual(await rowsOf("a.csv", "id\n1\n", { stringIds: true }), [{ id: "1" }]);
  });

  it("is refused with the line when it is not what it should be", async () => {
    const start = "id,vector\n1,1 2\n";
    await refuses("b.csv", start + "2,3 4,5\n", /Invalid Record Length.* on line 3/);
    await refuses("b.csv", start + "2,3\n", /line 3: the vector has 1 numbers, expected 2/);
    await refuses("b.csv", start + "2,a b\n", /line 3: "vector" must be numbers, found "a b"/);
    await refuses("b.csv", start + "2,nan 1\n", /line 3: "vector" must be numbers/);
    await refuses("b.csv", start + '2,"3 4\n', /Quote Not Closed/);
    await refuses("b.csv", "id,id\n", /two columns are named "id"/);
    await refuses("b.csv", "id,a\n", /there is no column "emb"; there are "id", "a"/, { wanted: ["emb"] });
    await refuses("b.csv", Buffer.from([0x69, 0x64, 0x0a, 0xff, 0x0a]), /it is not UTF-8/);
  });
});

describe("metadata beside vectors", () => {
  async function join2(vectors, lines, rows = 2) {
    writeFileSync(join(folder, "v.fvecs"), vectors);
    writeFileSync(join(folder, "m.jsonl"), lines);
    const [left, right] = [
      await InputFile.open(join(folder, "v.fvecs")),
      await InputFile.open(join(folder, "m.jsonl")),
    ];
    const joined = [];
    for await (const batch of withMetadata(reader(left, { rows }), reader(right, { rows: 3 }), "m.jsonl")) {
      joined.push(...batch.rows.map((row) => ({ ...row, vector: [...row.vector] })));
    }
    return joined;
  }

  it("line i goes with row i", async () => {
    assert.deepEqual(await join2(fvecs([1], [2], [3]), jsonl({ id: "a", kind: 1 }, { text: "t" }, {})), [
      { id: "a", metadata: { kind: 1 }, vector: [1] },
      { text: "t", vector: [2] },
      { vector: [3] },
    ]);
  });

  it("must have as many lines as there are rows, and no vectors", async () => {
    await assert.rejects(
      join2(fvecs([1], [2], [3]), jsonl({}, {})),
      /m.jsonl: it has 2 records, expected one for each row/,
    );
    await assert.rejects(join2(fvecs([1], [2]), jsonl({}, {}, {})), /m.jsonl: it has more than 2 records/);
    await assert.rejects(join2(fvecs([1]), jsonl({ vector: [1] })), /m.jsonl: a record has a vector/);
  });
});

it("text becomes an integer id only if it is written as one", () => {
  const ids = ["7", "-3", "0", "007", "-0", "1.0", "9007199254740993", "", "a"].map((text) =>
    parseId(text, false),
  );
  assert.deepEqual(ids, [7, -3, 0, "007", "-0", "1.0", "9007199254740993", "", "a"]);
});

it("text becomes a vector from JSON and from bare numbers, and from nothing else", () => {
  for (const text of ["[1, 2.5, -3e2]", "1 2.5 -3e2", "1;2.5;-3e2", " 1,2.5,-3e2\n"]) {
    assert.deepEqual(parseVector(text), [1, 2.5, -300], text);
  }
  for (const text of ["", "[]", "[1, null]", "[[1]]", "1 two", "NaN", "1e39", "{}"])
    assert.equal(parseVector(text), undefined, text);
});

// Real files, where they are at hand.
const data = process.env.STRATA_DATA ?? new URL("../../../shared/data/", import.meta.url).pathname;
const sift = join(data, "sift-5k/query.bvecs");
it(
  "reads a real bvecs file as its description says",
  { skip: readable(sift) ? false : `no ${sift}` },
  async () => {
    const bytes = readFileSync(sift);
    const rows = await rowsOf("q.bvecs", bytes, { rows: 64 });
    assert.equal(rows.length, 200);
    assert.ok(
      rows.every(({ vector }, i) => Buffer.from(vector).equals(bytes.subarray(i * 132 + 4, (i + 1) * 132))),
    );
  },
);

function readable(path) {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}
