// The packed package in a Node project: its API, its types and its command line.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { installPackage, repo, run } from "./support/installed.mjs";

const WRITE = `
import { open, StrataError } from "stratadb";
const db = await open("library");
const books = await db.collection("books", { dimension: 3, metric: "l2" });
await books.upsert([
  { id: "near", vector: [1, 0, 0], metadata: { year: 1999 }, text: "one" },
  { id: "far", vector: [9, 9, 9], metadata: { year: 2020 } },
]);
const [hit] = await books.search([1, 0, 1], { k: 1 });
const code = await books.search([1]).catch((error) => error instanceof StrataError && error.code);
await db.close();
console.log(JSON.stringify({ hit, code }));
`;

const READ = `
import { open } from "stratadb";
const db = await open("library", { create: false, worker: process.argv[2] === "worker" });
const books = await db.collection("books");
const ids = [];
for await (const { id } of books.scan({ filter: "year > 1990" })) ids.push(id);
const { text } = await books.get("near");
await db.close();
console.log(JSON.stringify({ ids, text }));
`;

const TYPED = `
import { open, StrataError, type Collection, type ErrorCode, type Hit } from "stratadb";
import { LsaEmbedder } from "stratadb/embed";

export async function demo(texts: string[]): Promise<ErrorCode | Hit[]> {
  await using db = await open("library", { durability: "strict" });
  const books: Collection = await db.collection("books", { dimension: 2, index: { type: "hnsw", m: 8 } });
  await books.upsert({ ids: [1, "b"], vectors: new Float32Array(4), metadata: [{ year: 1 }, undefined] });
  const embedder = await LsaEmbedder.train(texts);
  const vectors: Float32Array = await embedder.embed(texts);
  for await (const record of books.scan({ include: ["metadata"] })) console.log(record.id, record.metadata?.year);
  // @ts-expect-error -- a metric that there is not
  await db.collection("books", { dimension: 2, metric: "hamming" });
  // @ts-expect-error -- an id is not optional
  await books.upsert([{ vector: [1, 2] }]);
  try {
    return await books.search(vectors, { k: 5, filter: { year: { $gte: 1990 }, tags: "db" } });
  } catch (error) {
    if (error instanceof StrataError) return error.code;
    throw error;
  }
}
`;

describe("the packed package in Node", { timeout: 120_000 }, () => {
  let installed;
  before(async () => (installed = await installPackage()));
  after(() => installed?.remove());

  const file = (name, contents) => writeFileSync(join(installed.project, name), contents);
  const node = async (...args) => JSON.parse(await run(process.execPath, args, installed.project));

  it("brings no other package along", () => {
    const names = readdirSync(join(installed.project, "node_modules")).filter(
      (name) => !name.startsWith("."),
    );
    assert.deepEqual(names, ["stratadb"]);
  });

  it("opens, writes, searches, and finds everything again in another process", async () => {
    file("write.js", WRITE);
    file("read.js", READ);
    const { hit, code } = await node("write.js");
    assert.equal(code, "INVALID_ARGUMENT");
    assert.deepEqual(hit, { id: "near", distance: 1, score: 0.5, metadata: { year: 1999 } });
    const expected = { ids: ["far", "near"], text: "one" };
    assert.deepEqual(await node("read.js"), expected);
    assert.deepEqual(await node("read.js", "worker"), expected);
  });

  it("loads when imported and does nothing else", async () => {
    // What importing leaves behind shows once Node has closed the files it read.
    const code =
      'await new Promise((resolve) => setTimeout(resolve, 50)); console.log("%j", process.getActiveResourcesInfo());';
    file("import.js", `import "stratadb"; import "stratadb/embed"; ${code}`);
    assert.deepEqual(await node("import.js"), []);
  });

  it("has its command line in node_modules/.bin", async () => {
    file("more.jsonl", '{"id":"new","vector":[5,5,5]}\n');
    const stratadb = (...args) =>
      run(join(installed.project, "node_modules/.bin/stratadb"), args, installed.project);
    await stratadb("import", "library", "books", "more.jsonl");
    const { hits } = JSON.parse(await stratadb("search", "library", "books", "--vector", "5 5 4", "--json"));
    assert.equal(hits[0].id, "new");
    const { version } = JSON.parse(await run("npm", ["pkg", "get", "--json"], repo));
    assert.equal(await stratadb("--version"), `${version}\n`);
  });

  for (const [moduleResolution, module] of [
    ["bundler", "esnext"],
    ["nodenext", "nodenext"],
  ]) {
    it(`has types that hold under moduleResolution ${moduleResolution}`, async () => {
      file("typed.ts", TYPED);
      const compilerOptions = {
        ...{
          target: "es2022",
          module,
          moduleResolution,
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
        },
        // The package's own declarations are checked, too.
        ...{ lib: ["ES2022", "DOM", "ESNext.Disposable"], types: [], skipLibCheck: false },
      };
      file("tsconfig.json", JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
      await run(join(repo, "node_modules/.bin/tsc"), ["-p", "."], installed.project);
    });
  }
});
