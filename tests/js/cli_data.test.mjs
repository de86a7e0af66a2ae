// The command line on real data, of which STRATA_DATA names the folder.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { cli, cliJson } from "./support/cli.mjs";
import { freshPath } from "./support/folder.mjs";

const data = process.env.STRATA_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const at = (path) => join(data, path);
const skip = existsSync(data)
  ? false
  : `there is no ${data}; STRATA_DATA names the folder with the real data`;

/** The k nearest ids of query `row`, as the data set says. */
function truth(folder, row, k) {
  const bytes = readFileSync(at(`${folder}/truth_ids.ivecs`));
  const width = bytes.readInt32LE();
  return Array.from({ length: k }, (_, i) => bytes.readInt32LE(row * (4 + 4 * width) + 4 + 4 * i));
}

describe("the command line on real data", { skip }, () => {
  it("imports sift-5k, indexes it and finds the true neighbours", async (t) => {
    const db = freshPath(t);
    const summary = await cliJson(
      "import",
      db,
      "sift",
      at("sift-5k/base.bvecs"),
      "--metric",
      "l2",
      "--compact",
    );
    assert.equal(summary.records, 4600);
    assert.equal(summary.dimension, 128);
    assert.equal(summary.compacted, true);
    assert.equal((await cliJson("stats", db)).collections[0].indexedRows, 4600);
    const file = ["--vector-file", at("sift-5k/query.bvecs"), "-k", "10"];
    let right = 0;
    for (const row of [0, 7, 42, 199]) {
      const exact = (await cliJson("search", db, "sift", ...file, "--row", row, "--exact")).hits;
      const walked = (await cliJson("search", db, "sift", ...file, "--row", row)).hits;
      assert.deepEqual(new Set(exact.map(({ id }) => id)), new Set(truth("sift-5k", row, 10)));
      right += walked.filter(({ distance }) => distance <= exact[9].distance).length;
    }
    // 0.95 over 40 neighbours.
    assert.ok(right >= 38, `${right} of 40`);
    assert.equal((await cli("verify", db)).status, 0);
  });

  it("imports word2vec with its words as metadata and filters by them", async (t) => {
    const db = freshPath(t);
    const base = at("word2vec-300/base.fvecs");
    const summary = await cliJson(
      "import",
      db,
      "words",
      base,
      "--metadata",
      at("word2vec-300/base.jsonl"),
      "--no-compact",
    );
    assert.equal(summary.records, 28_000);
    t.diagnostic(
      `28,000 x 300 with metadata: ${Math.round(summary.records / summary.seconds)} records a second`,
    );
    const { id, metadata } = await cliJson("get", db, "words", "0");
    assert.deepEqual([id, metadata], [0, { word: "Aaron", kind: "name", initial: "a", length: 5 }]);
    const { hits } = await cliJson(
      "search",
      db,
      "words",
      "--id",
      "0",
      "--filter",
      "kind = 'name' and length < 8",
    );
    assert.equal(hits.length, 10);
    assert.ok(hits.every((hit) => hit.id !== 0 && hit.metadata.kind === "name" && hit.metadata.length < 8));
  });

  it("imports passages of text with vectors of another file", async (t) => {
    const db = freshPath(t);
    const [base, lines] = [at("web-bible/base.fvecs"), at("web-bible/base.jsonl")];
    const summary = await cliJson("import", db, "bible", base, "--metadata", lines, "--index", "flat");
    assert.equal(summary.records, 2724);
    const query = ["--vector-file", at("web-bible/query.fvecs"), "--row", "3"];
    const { hits } = await cliJson("search", db, "bible", ...query);
    assert.deepEqual(new Set(hits.map(({ id }) => id)), new Set(truth("web-bible", 3, 10)));
    assert.ok(hits.every(({ text, metadata }) => text.length > 0 && metadata.book));
  });
});
