// `npm test`: sets up, builds, and runs every test, or the stages named as arguments (`npm test -- native js`).
// Goes on after a failure, and ends with each runner's own closing line and a total.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildPreset, parts } from "./build.mjs";
import { repo, run } from "./run.mjs";
import { setup } from "./setup.mjs";

// What a stage answers: closing lines to repeat, and how many tests passed, failed and were skipped.
class Skipped extends Error {}

/** Builds and runs the GoogleTest programs of one CMake preset. */
async function native(preset) {
  await buildPreset(preset);
  const log = join(repo, "build", preset, "Testing/Temporary/LastTest.log");
  const result = await settle(run("ctest", ["--preset", preset]));
  if (/No tests were found/.test(result.output)) throw new Skipped("tests/core and tests/crash hold no test");
  // ctest counts shards; GoogleTest's own lines, in the log, count tests.
  const counted = existsSync(log) ? readFileSync(log, "utf8") : "";
  const failures = lines(counted, /^\[ {2}FAILED {2}\] .* \(\d+ ms\)$/);
  const sum = (pattern) =>
    [...counted.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
  return {
    ...result,
    closing: [...lines(result.output, /\d+% tests passed/), ...failures],
    passed: sum(/^\[ {2}PASSED {2}\] (\d+) tests?\./gm),
    failed: failures.length,
    skipped: sum(/^\[ {2}SKIPPED \] (\d+) tests?\./gm),
  };
}

/** Runs the node:test files of one folder, one file at a time. */
async function nodeTests(folder) {
  const path = join(repo, folder);
  const files = !existsSync(path)
    ? []
    : readdirSync(path, { recursive: true })
        .filter((name) => /[._-]test\.m?js$/.test(name) && !name.includes("node_modules"))
        .map((name) => join(path, name))
        .sort();
  if (files.length === 0) throw new Skipped(`${folder} holds no test`);
  // Files and not the folder: what node makes of a folder has changed between versions.
  const args = [
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=1",
    ...files.map((f) => relative(repo, f)),
  ];
  const result = await settle(run(process.execPath, args));
  const count = (name) => Number(new RegExp(`^ℹ ${name} (\\d+)`, "m").exec(result.output)?.[1] ?? 0);
  return {
    ...result,
    closing: lines(result.output, /^ℹ (tests|pass|fail|cancelled|skipped) \d+/),
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
}

const needsPackage = { needs: ["wasm", "build"] };
const stages = {
  setup: { run: async () => void (await setup()) },
  native: { needs: ["setup"], run: () => native("test") },
  asan: { needs: ["setup"], run: () => native("asan") },
  wasm: { needs: ["setup"], run: async () => void (await parts.wasm()) },
  build: { needs: ["setup", "wasm"], run: async () => void (await parts.js()) },
  lint: { needs: ["setup"], run: async () => settle(run(process.execPath, ["tools/lint.mjs"])) },
  js: { ...needsPackage, run: () => nodeTests("tests/js") },
  browser: { ...needsPackage, run: () => nodeTests("tests/browser") },
  package: { ...needsPackage, run: () => nodeTests("tests/package") },
};

/** Waits for a run(); a program's failure becomes part of the answer, with what it printed. */
async function settle(running) {
  try {
    return { ok: true, output: await running };
  } catch (error) {
    if (error.output === undefined) throw error;
    return { ok: false, output: error.output, reason: error.message };
  }
}

function lines(text, pattern) {
  return text.split("\n").filter((line) => pattern.test(line));
}

function withNeeds(names, order = []) {
  for (const name of names) {
    if (!stages[name]) throw new Error(`no stage '${name}' (there are: ${Object.keys(stages).join(", ")})`);
    withNeeds(stages[name].needs ?? [], order);
    if (!order.includes(name)) order.push(name);
  }
  return order;
}

const asked = process.argv.slice(2);
const results = new Map();
for (const name of withNeeds(asked.length ? asked : Object.keys(stages))) {
  const missing = (stages[name].needs ?? []).find((need) => results.get(need)?.ok !== true);
  const started = Date.now();
  console.log(`\n==== ${name}`);
  let result;
  try {
    result = missing
      ? { ok: false, reason: `not run, because ${missing} failed` }
      : ((await stages[name].run()) ?? { ok: true });
  } catch (error) {
    const skipped = error instanceof Skipped;
    result = { ok: skipped, empty: skipped, reason: error.message };
  }
  if (!result.ok) console.error(`==== ${name} FAILED: ${result.reason}`);
  if (result.empty) console.error(`==== ${name} SKIPPED: ${result.reason}`);
  results.set(name, { ...result, seconds: (Date.now() - started) / 1000 });
}

const total = { passed: 0, failed: 0, skipped: 0 };
console.log("\n==== summary");
for (const [name, result] of results) {
  const word = result.empty ? "SKIPPED" : result.ok ? "ok" : "FAILED";
  const why = result.reason ? `  ${result.reason}` : "";
  console.log(`${name.padEnd(8)} ${word.padEnd(7)} ${result.seconds.toFixed(1).padStart(7)} s${why}`);
  for (const line of result.closing ?? []) console.log(`         ${line}`);
  for (const key of Object.keys(total)) total[key] += result[key] ?? 0;
  // A stage that fails without a count (a build, the linter, a crash) is one failure, so the total cannot look clean.
  if (!result.ok && !result.failed) total.failed++;
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = [...results.values()].every((result) => result.ok) ? 0 : 1;
