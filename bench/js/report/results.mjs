// The files of results, one for each suite: { sets: [one entry for each data set] }.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileOf = (folder, suite) => join(folder, `${suite}.json`);

/** The entries of a suite, none if it was not measured. */
export function resultsOf(folder, suite) {
  const file = fileOf(folder, suite);
  return existsSync(file) ? JSON.parse(readFileSync(file)).sets : [];
}

/** Puts an entry in the place of the one for the same data set. */
export function putResult(folder, suite, entry) {
  const rest = resultsOf(folder, suite).filter(({ set }) => set !== entry.set);
  const sets = [...rest, entry].sort((a, b) => a.set.localeCompare(b.set, "en", { numeric: true }));
  writeFileSync(fileOf(folder, suite), `${stringify({ sets })}\n`);
}

/** JSON with one line for each object that holds no other: a point of a curve, a build. */
function stringify(value, indent = "") {
  const inner = `${indent} `;
  const isFlat = (one) =>
    typeof one !== "object" ||
    one === null ||
    Object.values(one).every((x) => typeof x !== "object" || x === null);
  if (isFlat(value)) return JSON.stringify(value);
  const parts = Array.isArray(value)
    ? value.map((one) => inner + stringify(one, inner))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => `${inner}${JSON.stringify(key)}: ${stringify(one, inner)}`);
  const [begin, end] = Array.isArray(value) ? "[]" : "{}";
  return `${begin}\n${parts.join(",\n")}\n${indent}${end}`;
}
