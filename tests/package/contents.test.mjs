// What is in the tarball, and how much of it a page loads.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadedByPage, gzipBytes } from "./support/browser_core.mjs";
import { pack, repo } from "./support/installed.mjs";

const CORE_GZIP_BYTES_MAX = 150_000;
/** Everything that may be in it. */
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/[a-z-]+\.md)$/,
  /^dist\/strata(-suite)?(-relaxed)?\.wasm$/,
  /^dist\/strata-text\.wasm$/,
  /^dist\/(browser|node|cli)\/[a-z]+\.js$/,
  /^dist\/(browser|node)\/chunk-[A-Z0-9]+\.js$/,
  /^dist\/(browser|node|cli)\/[a-zA-Z0-9-]+\.js\.map$/,
  // Only what the public entry points name: nothing of the engine, the wire, the workers, the command line.
  /^dist\/types\/([a-z_]+|node\/index|embed\/[a-z]+|storage\/host_storage)\.d\.ts$/,
];

describe("the tarball", () => {
  let folder, report, names;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "strata-contents-"));
    report = await pack(folder);
    names = report.files.map(({ path }) => path);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("holds what the package needs and nothing else", () => {
    const extra = names.filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
    assert.deepEqual(extra, []);
    for (const name of [
      "dist/strata.wasm",
      "dist/strata-relaxed.wasm",
      "dist/strata-suite.wasm",
      "dist/strata-suite-relaxed.wasm",
      "dist/strata-text.wasm",
      "dist/types/index.d.ts",
    ])
      assert.ok(names.includes(name), name);
  });

  it("has every file that package.json points to, types first", () => {
    const { exports, bin, dependencies } = JSON.parse(readFileSync(join(repo, "package.json"), "utf8"));
    assert.equal(dependencies, undefined);
    const targets = Object.values(exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry),
    );
    for (const path of [...targets, ...Object.values(bin)])
      assert.ok(names.includes(path.replace("./", "")), path);
    for (const entry of [exports["."], exports["./embed"]]) assert.equal(Object.keys(entry)[0], "types");
  });

  it("has one source map per script, which needs no other file and names none outside the package", () => {
    for (const name of names.filter((path) => path.endsWith(".map"))) {
      assert.ok(names.includes(name.replace(/\.map$/, "")), `${name} belongs to no script`);
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(repo, name), "utf8"));
      assert.equal(
        sourcesContent?.length,
        sources.length,
        `${name} needs sources that are not in the package`,
      );
      for (const source of sources) {
        assert.match(source, /^\.\.\/\.\.\/(js\/src|node_modules)\//, name);
      }
    }
  });

  it("tells nothing about the machine that built it", () => {
    for (const name of names) {
      const bytes = readFileSync(join(repo, name));
      for (const place of [repo, homedir(), tmpdir()]) {
        if (place.length < 4) continue;
        assert.equal(bytes.includes(place.replace(/\/$/, "") + "/"), false, `${name} holds ${place}`);
      }
    }
  });

  it("has a size worth printing", (t) => {
    t.diagnostic(
      `tarball: ${report.size} bytes, ${report.files.length} files, ${report.unpackedSize} bytes unpacked`,
    );
    for (const name of ["dist/strata.wasm", "dist/strata-relaxed.wasm"]) {
      t.diagnostic(`${name}: ${gzipBytes(join(repo, name))} bytes gzipped`);
    }
  });

  it(`the browser core is under ${CORE_GZIP_BYTES_MAX} bytes gzipped, whichever .wasm is loaded`, (t) => {
    for (const wasm of ["strata.wasm", "strata-relaxed.wasm"]) {
      const sizes = loadedByPage(join(repo, "dist"), wasm).map((name) => [
        name,
        gzipBytes(join(repo, "dist", name)),
      ]);
      const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
      t.diagnostic(
        `browser core: ${total} bytes gzipped: ${sizes.map(([name, bytes]) => `${name} ${bytes}`).join(", ")}`,
      );
      assert.ok(total < CORE_GZIP_BYTES_MAX, `${total} bytes`);
    }
  });
});
