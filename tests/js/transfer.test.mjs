import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open } from "stratadb";
import { randomVectors } from "./support/vectors.mjs";

async function memory(t) {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  return db;
}

async function exported(db) {
  const chunks = [];
  await db.export(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
  return Buffer.concat(chunks);
}

const stream = (bytes, size = 1000) =>
  new ReadableStream({
    start(controller) {
      for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.subarray(i, i + size));
      controller.close();
    },
  });

async function filled(t) {
  const db = await memory(t);
  const books = await db.collection("books", { dimension: 3, metric: "l2", indexed: ["n"] });
  const vectors = randomVectors(600, 3, 1);
  await books.upsert(
    Array.from({ length: 600 }, (_, n) => ({
      id: n % 2 ? n : `b${n}`,
      vector: vectors.subarray(3 * n, 3 * n + 3),
      metadata: { n, __proto__: null },
      ...(n % 3 ? { text: `zwölf\n"${n}" 😀` } : {}),
    })),
  );
  const kv = await db.collection("kv", {});
  await kv.upsert([{ id: "only", metadata: JSON.parse('{"__proto__": 1}') }]);
  await db.collection("empty", { dimension: 2, index: "flat", quantization: "none" });
  return db;
}

const all = async (db) => {
  const found = {};
  for (const name of await db.collections()) {
    const c = await db.collection(name);
    found[name] = {
      options: c.options,
      records: (await Array.fromAsync?.(c.scan())) ?? (await toArray(c.scan())),
    };
  }
  return found;
};
const toArray = async (scan) => {
  const records = [];
  for await (const record of scan) records.push(record);
  return records;
};

test("what is exported can be imported, and is the same to the last bit", async (t) => {
  const db = await filled(t);
  const bytes = await exported(db);
  const copy = await memory(t);
  assert.deepEqual(await copy.import(stream(bytes)), { collections: 3, records: 601 });
  assert.deepEqual(await all(copy), await all(db));
  assert.deepEqual(await exported(copy), bytes);
});

test("the worked example of docs/formats/export.md is what it says", async (t) => {
  const document = readFileSync(new URL("../../docs/formats/export.md", import.meta.url), "utf8");
  const example = document.split("```\n")[1];
  const db = await memory(t);
  assert.deepEqual(await db.import(stream(Buffer.from(example))), { collections: 1, records: 1 });
  const books = await db.collection("books");
  assert.deepEqual(await books.get("b1"), {
    id: "b1",
    vector: Float32Array.of(1, 2),
    metadata: { year: 1999 },
  });
});

test("an export that is cut anywhere is CORRUPTION, and what was checked before is stored", async (t) => {
  const bytes = await exported(await filled(t));
  for (const length of [0, 1, 20, 200, Math.floor(bytes.length / 2), bytes.length - 30, bytes.length - 1]) {
    const db = await memory(t);
    await assert.rejects(db.import(stream(bytes.subarray(0, length))), {
      name: "StrataError",
      code: "CORRUPTION",
    });
    if (length > bytes.length / 3) assert.ok((await (await db.collection("books")).count()) >= 256);
  }
});

test("a flipped byte anywhere is found, and no wrong record is stored", async (t) => {
  const original = await filled(t);
  const bytes = await exported(original);
  const books = await original.collection("books");
  for (let at = 0; at < bytes.length; at += 997) {
    const damaged = Buffer.from(bytes);
    damaged[at] ^= 4;
    const db = await memory(t);
    await assert.rejects(
      db.import(stream(damaged)),
      (error) => ["CORRUPTION", "UNSUPPORTED_FORMAT"].includes(error.code),
      `byte ${at}`,
    );
    for (const name of await db.collections()) {
      if (name !== "books") continue;
      for await (const record of (await db.collection(name)).scan())
        assert.deepEqual(record, await books.get(record.id));
    }
    await db.close();
  }
});

test("streams that are no export are refused at once", async (t) => {
  const db = await memory(t);
  for (const text of ["hello", "{}", "[]\n", "null\n", '{"strata":"other"}\n', "\xff\xfe", '{"id":1}\n']) {
    await assert.rejects(db.import(stream(Buffer.from(text, "latin1"))), { code: "CORRUPTION" }, text);
  }
  const newer = '{"strata":"export","version":2,"collections":0}\n';
  await assert.rejects(db.import(stream(Buffer.from(newer))), { code: "UNSUPPORTED_FORMAT" });
});

test("export and import report progress and can be aborted", async (t) => {
  const db = await filled(t);
  const seen = [];
  const bytes = [];
  await db.export(new WritableStream({ write: (chunk) => void bytes.push(chunk) }), {
    onProgress: (done) => seen.push(done),
  });
  assert.ok(seen.length > 2 && seen.every((done, i) => done >= (seen[i - 1] ?? 0)), `${seen}`);
  assert.equal(seen.at(-1), 1);
  const controller = new AbortController();
  const copy = await memory(t);
  await assert.rejects(
    copy.import(stream(Buffer.concat(bytes)), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    }),
    { code: "ABORTED" },
  );
  let reason;
  const writable = new WritableStream({ abort: (why) => void (reason = why) });
  await assert.rejects(db.export(writable, { signal: AbortSignal.abort() }), { code: "ABORTED" });
  assert.equal(reason.code, "ABORTED");
});
