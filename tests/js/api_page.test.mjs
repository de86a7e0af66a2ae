// docs/api.md: its examples do what they say, and it leaves no export out.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freshPath } from "./support/folder.mjs";

const repo = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(join(repo, "docs/api.md"), "utf8");

test("the examples, run as one program, print what stands behind them", async (t) => {
  const program = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code).join("\n");
  const printed = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  assert.ok(printed.length > 10, `${printed.length} printed lines`);

  // A project that has the package, as its users do.
  const folder = freshPath(t);
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(repo, join(folder, "node_modules/stratadb"));
  const file = join(folder, "program.mjs");
  // One line each, however long.
  writeFileSync(
    file,
    `import { inspect } from "node:util";\ninspect.defaultOptions.breakLength = Infinity;\n${program}`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  assert.deepEqual(stdout.trimEnd().split("\n"), printed);
});

test("every export has its place on the page", () => {
  const namesOf = (path) =>
    [...readFileSync(join(repo, path), "utf8").matchAll(/export (?:type )?\{(.*?)\}/gs)]
      .flatMap(([, names]) => names.split(","))
      .map((name) => name.trim().replace(/^type /, ""))
      .filter((name) => name !== "");
  const names = [...namesOf("js/src/api.ts"), ...namesOf("js/src/embed/index.ts"), "open"];
  assert.ok(names.length > 50, `${names.length} names`);
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page));
  assert.deepEqual(missing, []);
});
