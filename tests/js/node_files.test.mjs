import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs, { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";
import { test } from "node:test";
import { freshPath } from "./support/folder.mjs";
import { importSources } from "./support/source.mjs";

const { NodeFiles } = await importSources("storage/node_files.ts");
const open = (path, options = {}) => NodeFiles.open(path, { readOnly: false, create: true, ...options });
const rejectsCode = (promise, code) => assert.rejects(promise, { name: "StrataError", code });

test("files have the names that the native engine gives them, and nobody else may read them", async (t) => {
  const path = freshPath(t);
  const storage = await open(path);
  t.after(() => storage.close());
  storage.create(42);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.equal(statSync(`${path}/00000042.strata`).mode & 0o777, 0o600);
  storage.create(1234567890);
  assert.ok(existsSync(`${path}/1234567890.strata`));
});

test(
  "the names of new directories are made durable in those above them",
  { skip: process.platform === "win32" },
  async (t) => {
    const path = `${freshPath(t)}/a/b`;
    const { openSync, fsyncSync } = fs;
    const paths = new Map();
    const synced = [];
    fs.openSync = (opened, ...more) => {
      const descriptor = openSync(opened, ...more);
      paths.set(descriptor, opened);
      return descriptor;
    };
    fs.fsyncSync = (descriptor) => {
      synced.push(paths.get(descriptor));
      fsyncSync(descriptor);
    };
    syncBuiltinESMExports();
    t.after(() => {
      Object.assign(fs, { openSync, fsyncSync });
      syncBuiltinESMExports();
    });
    await (await open(path)).close();
    assert.deepEqual(synced, [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))]);
    await (await open(path)).close();
    assert.equal(synced.length, 3, "nothing was made the second time");
  },
);

test("other names in the directory are left alone", async (t) => {
  const path = freshPath(t);
  mkdirSync(path);
  for (const name of ["notes.txt", "7.strata", "000000042.strata", "00000042.strata.bak"]) {
    writeFileSync(`${path}/${name}`, "mine");
  }
  const storage = await open(path);
  t.after(() => storage.close());
  assert.deepEqual(storage.list(), []);
  assert.equal(readFileSync(`${path}/notes.txt`, "utf8"), "mine");
});

test("a directory that is a symbolic link or a file is refused", async (t) => {
  const path = freshPath(t);
  mkdirSync(path);
  symlinkSync(path, `${path}/link`);
  writeFileSync(`${path}/file`, "");
  await rejectsCode(open(`${path}/link`), "INVALID_ARGUMENT");
  await rejectsCode(open(`${path}/file`), "INVALID_ARGUMENT");
});

test("a file that is a symbolic link is not followed", async (t) => {
  const path = freshPath(t);
  mkdirSync(path);
  writeFileSync(`${path}/target`, "secret");
  symlinkSync(`${path}/target`, `${path}/00000001.strata`);
  const storage = await open(path);
  t.after(() => storage.close());
  assert.throws(() => storage.readAt(1, 0, new Uint8Array(6)), { code: "IO_ERROR" });
});

test("a directory that is absent is NOT_FOUND unless it may be made", async (t) => {
  const path = freshPath(t);
  await rejectsCode(open(path, { create: false }), "NOT_FOUND");
  await rejectsCode(open(path, { readOnly: true, create: false }), "NOT_FOUND");
  assert.ok(!existsSync(path));
});

test("read-only storages share a directory, write nothing, and are refused while a writer is there", async (t) => {
  const path = freshPath(t);
  const writer = await open(path);
  writer.create(1);
  await rejectsCode(open(path, { readOnly: true, create: false }), "UNAVAILABLE");
  await writer.close();
  const [one, two] = await Promise.all([0, 1].map(() => open(path, { readOnly: true, create: false })));
  t.after(() => Promise.all([one.close(), two.close()]));
  assert.deepEqual(one.list(), [1]);
  assert.throws(() => one.writeAt(1, 0, new Uint8Array(1)), { code: "READ_ONLY" });
  assert.throws(() => two.create(2), { code: "READ_ONLY" });
});

test("the lock ends with its process, however that ends, and the next one gets it at once", async (t) => {
  const path = freshPath(t);
  (await open(path)).close();
  // A holder written without our code: the same name that core/src/env/posix_lock.h takes.
  const { dev, ino } = statSync(path, { bigint: true });
  const holder = spawn(process.execPath, [
    "-e",
    `require("net").createServer().listen("\\0strata-${dev}-${ino}".padEnd(108, "."), () => console.log("held"))`,
  ]);
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  await rejectsCode(open(path), "UNAVAILABLE");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const started = performance.now();
  const storage = await open(path);
  t.after(() => storage.close());
  assert.ok(performance.now() - started < 500, "took half a second");
});

test("waiting for the lock ends when the signal fires", async (t) => {
  const path = freshPath(t);
  const holder = await open(path);
  t.after(() => holder.close());
  await rejectsCode(open(path, { signal: AbortSignal.timeout(50) }), "ABORTED");
});

test(
  "an abstract socket has exactly the name that was asked for",
  { skip: process.platform !== "linux" },
  async (t) => {
    const path = freshPath(t);
    const storage = await open(path);
    t.after(() => storage.close());
    const { dev, ino } = statSync(path, { bigint: true });
    // The kernel shows the leading zero byte as @, and would show padding as more of them.
    const names = execFileSync("cat", ["/proc/net/unix"], { encoding: "utf8" }).split("\n");
    const expected = ` ${`@strata-${dev}-${ino}`.padEnd(108, ".")}`;
    assert.ok(names.some((line) => line.endsWith(expected)));
  },
);
