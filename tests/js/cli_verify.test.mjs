import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { withBooks } from "./support/books.mjs";
import { cli, cliJson } from "./support/cli.mjs";

describe("stratadb verify", () => {
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
