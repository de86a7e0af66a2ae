// The real data sets, as docs/benchmarks.md describes them; STRATA_DATA says where they lie.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesOf, makeVectorSet } from "./vector_set.mjs";

export const dataFolder =
  process.env.STRATA_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Whether the data is here; if not, says so. */
export function haveData() {
  if (existsSync(join(dataFolder, "SHA256SUMS"))) return true;
  console.error(`SKIPPED: no data sets at ${dataFolder} (set STRATA_DATA)`);
  return false;
}

/** Whether one data set is here; if not, says so. */
export function haveDataset(name) {
  const path = join(dataFolder, name, filesOf(name).base);
  if (existsSync(path)) return true;
  console.error(`SKIPPED: ${name}: there is no ${path}`);
  return false;
}

/** @param parts - Which of "base", "queries" to read. */
export function loadDataset(name, parts = ["base", "queries"]) {
  const files = filesOf(name);
  const wanted = parts.includes("queries") ? [...parts, "truth"] : parts;
  const read = (part) => readFileSync(join(dataFolder, name, files[part]));
  return makeVectorSet(name, Object.fromEntries(wanted.map((part) => [part, read(part)])));
}
