// The real data sets, as docs/benchmarks.md describes them; STRATA_DATA says where they lie.
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeRows, filesOf, makeVectorSet } from "./vector_set.mjs";

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

/** Reads queries one by one from their file, so that a process can be weighed that does not hold them. */
export class QueryFile {
  /** How many there are. */
  count;
  #file;
  #descriptor;
  #row;

  constructor(name) {
    this.#file = filesOf(name).queries;
    this.#descriptor = openSync(join(dataFolder, name, this.#file));
    const head = new Uint8Array(4);
    readSync(this.#descriptor, head, 0, 4, 0);
    const dimension = new DataView(head.buffer).getInt32(0, true);
    this.#row = new Uint8Array(4 + dimension * (this.#file.endsWith(".bvecs") ? 1 : 4));
    this.count = fstatSync(this.#descriptor).size / this.#row.length;
  }

  /** Query `i` < count. */
  at(i) {
    readSync(this.#descriptor, this.#row, 0, this.#row.length, i * this.#row.length);
    return decodeRows(this.#row, this.#file).vectors;
  }

  close() {
    closeSync(this.#descriptor);
  }
}
