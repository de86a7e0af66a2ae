import assert from "node:assert/strict";
import { test } from "node:test";
import { importSources } from "./support/source.mjs";

const {
  BatchWriter,
  packIds,
  decodeReply,
  Crc32,
  metadataText,
  checkId,
  LineReader,
  ExportLines,
  byteLines,
} = await importSources(
  "wire/batch.ts",
  "wire/reply.ts",
  "wire/crc32.ts",
  "metadata.ts",
  "ids.ts",
  "transfer_lines.ts",
);

const hex = (bytes) => Buffer.from(bytes).toString("hex");

test("a batch is packed byte for byte as bindings/wasm/batch_decoder.h says", () => {
  const batch = new BatchWriter(1);
  batch.op(0, "é1", 3, '{"a":1}', "t");
  batch.op(3, -5);
  assert.equal(batch.floatCount, 3);
  assert.equal(
    hex(batch.finish()),
    [
      "70",
      "02",
      "03000000",
      "c3a931",
      "03000000",
      "07000000",
      hex(Buffer.from('{"a":1}')),
      "01000000",
      "74",
    ].join("") + ["03", "01", "00000000000014c0"].join(""),
  );
});

test("minus zero is the id zero", () => {
  assert.equal(hex(packIds([-0])), hex(packIds([0])));
});

test("a reply is decoded, its blocks aligned and its text kept whole, byte order marks included", () => {
  const json = Buffer.from('{"ids":["\ufeffx",7]}');
  const at = 8 + 16 + json.length;
  const aligned = (n) => (n + 7) & ~7;
  const bytes = new Uint8Array(aligned(aligned(at) + 8) + 16);
  const view = new DataView(bytes.buffer);
  [json.length, 2, 1, 2, 3, 2].forEach((value, i) => view.setUint32(4 * i, value, true));
  bytes.set(json, 24);
  new Float32Array(bytes.buffer, aligned(at), 2).set([1.5, -2]);
  new Float64Array(bytes.buffer, aligned(aligned(at) + 8), 2).set([1e300, NaN]);
  const reply = decodeReply(bytes);
  assert.deepEqual(reply.json, { ids: ["\ufeffx", 7] });
  assert.deepEqual([...reply.blocks[0]], [1.5, -2]);
  assert.deepEqual([...reply.blocks[1]], [1e300, NaN]);
});

test("metadata that JSON would change silently is refused, with the place", () => {
  const refused = [
    [{ a: { b: [1, NaN] } }, /metadata\.a\.b\.1 is NaN/],
    [{ a: Infinity }, /metadata\.a is Infinity/],
    [{ a: "\ud800" }, /metadata\.a holds half of a surrogate pair/],
    [{ ["\udfff"]: 1 }, /a key of metadata holds half/],
    [{ a: 1n }, /cannot be written as JSON/],
    [[1], /must be an object, found an array of length 1/],
    [null, /must be an object, found null/],
    ["{}", /must be an object, found "\{\}"/],
    [new Date(0), /must become a JSON object/],
  ];
  const cyclic = {};
  cyclic.self = cyclic;
  for (const [metadata, message] of [...refused, [cyclic, /cannot be written as JSON/]]) {
    assert.throws(() => metadataText(metadata, "record 3"), { code: "INVALID_ARGUMENT", message });
  }
  const fine = { a: null, s: "\\ud800", pair: "😀", n: -0.5, list: [[]], undefined: undefined };
  assert.deepEqual(JSON.parse(metadataText(fine, "")), JSON.parse(JSON.stringify(fine)));
});

test("ids that cannot be kept as they are are refused", () => {
  for (const id of [
    "",
    "\ud800",
    "x".repeat(4097),
    1.5,
    NaN,
    2 ** 53,
    -(2 ** 53),
    Infinity,
    1n,
    null,
    undefined,
    {},
    [],
  ]) {
    assert.throws(() => checkId(id, "record 0"), { code: "INVALID_ARGUMENT" }, String(id));
  }
  for (const id of ["a", "__proto__", "😀", 0, -1, Number.MAX_SAFE_INTEGER]) checkId(id, "record 0");
});

test("the checksum is the CRC-32 that everyone knows", () => {
  assert.equal(new Crc32().add(Buffer.from("123456789")).hex(), "cbf43926");
  assert.equal(new Crc32().add(Buffer.from("1234")).add(Buffer.from("56789")).hex(), "cbf43926");
});

test("export lines come back through any cut of the stream, and a flipped byte is found", async () => {
  const parts = [];
  const lines = new ExportLines(async (bytes) => void parts.push(...bytes));
  lines.add({ id: 1, text: "zwölf\n" });
  lines.add({ id: 2 });
  await lines.check();
  const all = Uint8Array.from(parts);
  const read = async (bytes, size) => {
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
        controller.close();
      },
    });
    const reader = new LineReader();
    const found = [];
    for await (const line of byteLines(stream, undefined)) {
      const value = reader.read(line);
      if (value.check) reader.check(value.check);
      else found.push(value);
    }
    return found;
  };
  for (const size of [1, 2, 7, 1000])
    assert.deepEqual(await read(all, size), [{ id: 1, text: "zwölf\n" }, { id: 2 }]);
  for (let at = 0; at < all.length; at++) {
    const damaged = all.slice();
    damaged[at] ^= 1;
    // A flip in a key may turn the check line into another object; then the reader's caller misses it (import.test).
    const outcome = await read(damaged, 1000).then(
      (found) => found.length === 3,
      (error) => error.code === "CORRUPTION",
    );
    assert.ok(outcome, `byte ${at}`);
  }
});
