// The worked examples of those pages of docs/formats/ that are about JavaScript's part. If one fails, what was stored
// before can no longer be read: raise the format's version, and keep reading the old one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "stratadb";
import { LsaEmbedder } from "stratadb/embed";
import { bytesOf, workedExamples } from "./support/format_page.mjs";
import { importSources } from "./support/source.mjs";

const { decodeHeader, encodeHeader, HEADER_BYTES } = await importSources("storage/opfs_header.ts");

const MADE = 1_750_000_000_000;
const HEADERS = [
  { file: 12, generation: 34, createdAt: MADE },
  { file: null, generation: 35, createdAt: MADE },
];

test("the header of an OPFS pool file is the bytes that the format page shows, twice", () => {
  for (const [i, block] of workedExamples("opfs-pool.md").entries()) {
    const shown = bytesOf(block);
    assert.equal(shown.length, 44);
    const expected = new Uint8Array(HEADER_BYTES);
    for (const at of [0, 2048]) expected.set(shown, at);
    assert.deepEqual(encodeHeader(HEADERS[i]), expected);
    assert.deepEqual(decodeHeader(expected), HEADERS[i]);
  }
});

test("either copy of the header is enough, and a header with none is nothing", () => {
  const whole = encodeHeader(HEADERS[0]);
  for (let at = 0; at < 44; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 1;
    assert.deepEqual(decodeHeader(bytes), HEADERS[0], `byte ${at}`);
    bytes[2048 + at] ^= 1;
    assert.equal(decodeHeader(bytes), null, `bytes ${at} and ${2048 + at}`);
  }
});

test("a header of which a power cut kept some sectors is the old one or the new one", () => {
  const [old, next] = HEADERS.map(encodeHeader);
  for (const fromNext of [[0], [2048]]) {
    const torn = old.slice();
    for (const at of fromNext) torn.set(next.subarray(at, at + 512), at);
    assert.ok(HEADERS.some((header) => JSON.stringify(header) === JSON.stringify(decodeHeader(torn))));
  }
});

test("an export is the bytes that the format page shows", async (t) => {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  const config = { dimension: 2, metric: "l2", index: "flat", quantization: "none" };
  const books = await db.collection("books", config);
  await books.upsert([{ id: "b1", vector: [1, 2], metadata: { year: 1999 } }]);
  const chunks = [];
  await db.export(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
  assert.equal(Buffer.concat(chunks).toString(), workedExamples("export.md")[0]);
});

test("a model stored as the format page shows is the one with the id that the page shows", async (t) => {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  const model = { model: "lsa-2-9ac9262e44281a62" };
  const stored = await db.collection("page.lsa", {
    ...{ dimension: 2, metric: "dot", index: "flat", quantization: "none", indexed: [] },
  });
  await stored.upsert([
    { id: 0, metadata: { format: 1, ...model, terms: 2 } },
    { id: "hash", vector: [3, 0], metadata: model },
    { id: "tree", vector: [0, 1], metadata: model },
  ]);
  const embedder = await LsaEmbedder.load(db, "page");
  assert.equal(embedder.id, model.model);
  const [first, second] = await embedder.embed(["Trees, hashes, hashing"]);
  assert.ok(Math.abs(first - 0.9812) < 1e-4 && Math.abs(second - 0.1932) < 1e-4, `${first}, ${second}`);
});
