// kill -9 of a writing process, again and again, on one database: nothing acknowledged is lost, nothing deleted is back.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";
import { seededRandom } from "./support/vectors.mjs";

const KILLS = 50;
const writer = fileURLToPath(new URL("./support/writer.mjs", import.meta.url));

/** Starts a writer, kills it `millis` after its first acknowledgement, and answers with the last number it printed. */
async function writeAndKill(path, durability, first, millis) {
  const child = spawn(process.execPath, [writer, path, durability, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (printed += chunk));
  const exited = once(child, "close");
  await once(child.stdout, "data");
  setTimeout(() => child.kill("SIGKILL"), millis);
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL");
  // A line that the kill cut short was not acknowledged in full.
  return Number(printed.slice(0, printed.lastIndexOf("\n")).split("\n").at(-1));
}

test(`${KILLS} times kill -9 lose no acknowledged write`, { timeout: 600_000 }, async (t) => {
  const path = freshPath(t);
  const random = seededRandom(1);
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const durability = kill % 2 === 0 ? "relaxed" : "strict";
    const last = await writeAndKill(path, durability, next, random() * 150);
    const db = await open(path);
    const c = await db.collection("log");
    // The batch in flight may be there too, whole.
    const latest = (await c.get("latest")).metadata.n;
    assert.ok(
      latest === last || latest === last + 1,
      `kill ${kill}: latest is ${latest}, acknowledged was ${last}`,
    );
    const ids = [];
    for await (const { id, metadata, text } of c.scan({ include: ["metadata", "text"], to: "gone" })) {
      assert.equal(metadata.n, id);
      assert.equal(text.length, 200);
      ids.push(id);
    }
    assert.equal(ids.length, latest + 1, `kill ${kill}: ${ids.length} records, expected 0..${latest}`);
    for (let n = 0; n <= last; n++) assert.equal(await c.has(`gone ${n}`), false, `gone ${n} is back`);
    assert.equal((await c.search([latest, latest % 7, latest % 11, 1], { k: 1 }))[0].id, latest);
    assert.equal(db.recovery.logDamaged, false);
    if (kill % 10 === 9) assert.deepEqual(await db.verify(), []);
    next = latest; // Again, since the kill may have come between its two writes.
    await db.close();
  }
});
