import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { open } from "stratadb";
import { answerOf, cli, cliJson, start } from "./support/cli.mjs";
import { freshPath } from "./support/folder.mjs";
import { fvecs } from "./support/vector_files.mjs";
import { randomVectors } from "./support/vectors.mjs";

const DIMENSION = 12;

async function filled(t, count) {
  const path = freshPath(t);
  const db = await open(path);
  const c = await db.collection("c", { dimension: DIMENSION, metric: "l2" });
  const ids = Array.from({ length: count }, (_, id) => id);
  await c.upsert({ ids, vectors: randomVectors(count, DIMENSION, 1) });
  await db.close();
  const scratch = join(dirname(path), "scratch");
  mkdirSync(scratch);
  return { path, scratch };
}

describe("stratadb tune", () => {
  it("measures each candidate, marks those that reach the recall, and recommends the fastest and the smallest", async (t) => {
    const { path, scratch } = await filled(t, 3000);
    const answer = await cliJson(
      ...["tune", path, "c", "--index", "hnsw,flat,kd-tree", "--quantization", "none,rabitq"],
      ...["--recall", "0.9", "--query-count", "50", "--scratch", scratch],
    );
    const { measured, fastest, smallest, ...asked } = answer;
    const expected = { collection: "c", dimension: DIMENSION, metric: "l2", rows: 2950, queries: 50 };
    assert.deepEqual(asked, { ...expected, k: 10, recall: 0.9 });
    const kinds = new Set(measured.map(({ index, quantization }) => `${index.type} ${quantization}`));
    assert.equal(kinds.size, 6);
    for (const one of measured) {
      assert.equal(one.reached, one.recall >= 0.9);
      assert.ok(one.medianMillis > 0 && one.medianMillis <= one.p95Millis);
      assert.ok(one.diskBytes > 2950 * DIMENSION * 4);
    }
    const exact = measured.find(
      ({ index, quantization }) => index.type === "flat" && quantization === "none",
    );
    assert.equal(exact.recall, 1);
    const reached = measured.filter((one) => one.reached);
    assert.ok(reached.length >= 6, "looking further reaches any recall");
    assert.equal(fastest.medianMillis, Math.min(...reached.map((one) => one.medianMillis)));
    assert.equal(smallest.memoryBytes, Math.min(...reached.map((one) => one.memoryBytes)));
    assert.deepEqual(readdirSync(scratch), [], "the scratch database is gone");
  });

  it("looks further until the recall is reached", async (t) => {
    const { path } = await filled(t, 3000);
    const { measured } = await cliJson(
      ...["tune", path, "c", "--index", "hnsw", "--quantization", "none", "--m", "2,8"],
      ...["--recall", "0.99", "-k", "1", "--query-count", "50", "--memory"],
    );
    for (const m of [2, 8]) {
      const steps = measured.filter(({ index }) => index.m === m);
      assert.ok(steps.length > 0);
      steps.slice(0, -1).forEach(({ reached }) => assert.equal(reached, false));
      for (let i = 1; i < steps.length; i++)
        assert.ok(steps[i].search.efSearch > steps[i - 1].search.efSearch);
    }
  });

  it("searches for the queries of a file, and prints a table and options to paste", async (t) => {
    const { path } = await filled(t, 2500);
    const file = join(dirname(path), "queries.fvecs");
    const queries = randomVectors(20, DIMENSION, 3);
    const rows = Array.from({ length: 20 }, (_, q) => queries.subarray(q * DIMENSION, (q + 1) * DIMENSION));
    writeFileSync(file, fvecs(...rows));
    const args = [
      "tune",
      path,
      "c",
      "--queries",
      file,
      "--index",
      "flat",
      "--quantization",
      "none,pq",
      "--memory",
    ];
    const { status, stdout } = await cli(...args);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^'c': 2500 rows of 12 dimensions, l2; 20 given queries; wanted: recall@10 of 0.95\n/,
    );
    assert.match(stdout, /^\* {2}flat +none +exact +1\.000 /m);
    assert.match(
      stdout,
      /^fastest:\n {2}const c = await db\.collection\("c", \{ dimension: 12, metric: 'l2', index/m,
    );
    assert.match(stdout, /^smallest:\n.*\n {2}await c\.search\(query, \{ k: 10/m);
  });

  it("refuses what cannot be measured", async (t) => {
    const { path } = await filled(t, 2010);
    for (const [args, expected] of [
      [[], 6], // 200 queries leave fewer than 2000 rows.
      [["--recall", "1.5"], 2],
      [["--index", "btree"], 2],
      [["--index", "flat", "--quantization", "sq8"], 2],
      [["--m", "1"], 2],
      [["--rows", "100"], 2],
      [["--memory", "--scratch", "/tmp"], 2],
      [["--queries", "/no/such/file.fvecs"], 3],
    ]) {
      const { status, stderr } = await cli("tune", path, "c", ...args);
      assert.equal(status, expected, `${args.join(" ")}: ${stderr}`);
    }
  });

  it("ends at Ctrl-C and removes its scratch database", async (t) => {
    const { path, scratch } = await filled(t, 6000);
    const child = start("tune", path, "c", "--scratch", scratch);
    child.stdin.end();
    const answer = answerOf(child);
    while (readdirSync(scratch).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGINT");
    const { status, stdout, stderr } = await answer;
    assert.equal(status, 130, stderr);
    assert.equal(stdout, "");
    assert.deepEqual(readdirSync(scratch), []);
  });
});
