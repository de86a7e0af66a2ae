// Checks what no compiler does: eslint, types, and layout. With --fix it corrects layout instead of reporting it.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { bin, repo, run } from "./run.mjs";

const fix = process.argv.includes("--fix");

function sources(folder, ending) {
  const path = join(repo, folder);
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && ending.test(entry.name))
      .map((entry) => relative(repo, join(entry.parentPath ?? entry.path, entry.name)));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

const cpp = ["core", "bindings", "tests", "bench/native"].flatMap((folder) => sources(folder, /\.(cc|h)$/));
const typescript = sources("js/src", /\.ts$/);

const checks = [];
// Version 19 wherever it runs: another lays out some code differently.
if (cpp.length > 0) checks.push(["clang-format-19", fix ? ["-i", ...cpp] : ["--dry-run", "-Werror", ...cpp]]);
checks.push([bin("prettier"), [fix ? "--write" : "--check", "--log-level=warn", "."]]);
checks.push([bin("eslint"), [...(fix ? ["--fix"] : []), "."]]);
if (typescript.length > 0) checks.push([bin("tsc"), ["-p", "tsconfig.json"]]);

let failed = 0;
for (const [program, args] of checks) {
  try {
    await run(program, args);
  } catch (error) {
    if (error.output === undefined) throw error;
    failed++;
    console.error(`lint: ${relative(repo, program)} found something to correct (layout: npm run format)`);
  }
}
console.log(`lint: ${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
