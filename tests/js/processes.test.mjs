import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { open } from "stratadb";
import { freshPath } from "./support/folder.mjs";

const writer = fileURLToPath(new URL("./support/writer.mjs", import.meta.url));

test("a database that another process holds is UNAVAILABLE, and free as soon as that process is gone", async (t) => {
  const path = freshPath(t);
  const child = spawn(process.execPath, [writer, path, "relaxed", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  await assert.rejects(open(path), { name: "StrataError", code: "UNAVAILABLE" });
  await assert.rejects(open(path, { readOnly: true }), { code: "UNAVAILABLE" });
  const waiting = open(path);
  setTimeout(() => child.kill("SIGKILL"), 300);
  const db = await waiting;
  assert.ok((await (await db.collection("log")).count()) > 0);
  await db.close();
});

test("the same process cannot open a database twice", async (t) => {
  const path = freshPath(t);
  const db = await open(path);
  await assert.rejects(open(path), { code: "UNAVAILABLE" });
  await db.close();
  await (await open(path)).close();
});

test("opening that is given up releases everything", async (t) => {
  const path = freshPath(t);
  const db = await open(path);
  await assert.rejects(open(path, { signal: AbortSignal.timeout(100) }), { code: "ABORTED" });
  await db.close();
  await assert.rejects(open(path, { signal: AbortSignal.abort() }), { code: "ABORTED" });
  await (await open(path)).close();
});

for (const worker of [false, true]) {
  test(`an idle database keeps no process alive ${worker ? "in a worker" : "in the calling thread"}`, async (t) => {
    const path = freshPath(t);
    const script = `
      import { open } from "stratadb";
      const db = await open(${JSON.stringify(path)}, { worker: ${worker} });
      const c = await db.collection("c", { dimension: 1 });
      await c.upsert([{ id: 1, vector: [1] }]);
      console.log(await c.count());`;
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const stuck = setTimeout(() => child.kill("SIGKILL"), 10_000);
    let printed = "";
    child.stdout.on("data", (chunk) => (printed += chunk));
    const [code] = await once(child, "close");
    clearTimeout(stuck);
    assert.equal(code, 0);
    assert.equal(printed, "1\n");
    const db = await open(path);
    assert.equal(await (await db.collection("c")).count(), 1);
    await db.close();
  });
}
