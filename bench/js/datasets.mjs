// The data sets: real ones, which STRATA_DATA says where to find, and clustered-N, made when they are wanted.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeClustered } from "./clustered.mjs";
import { RowFile } from "./row_file.mjs";
import { filesOf, isClustered, metricOf } from "./vector_set.mjs";

export const dataFolder =
  process.env.STRATA_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Where the benchmarks keep what they make. */
export const benchFolder = fileURLToPath(new URL("../../build/bench/", import.meta.url));

const folderOf = (name) => join(isClustered(name) ? join(benchFolder, "data") : dataFolder, name);

/** Whether a data set is here or can be made; if not, says so. */
export function haveDataset(name) {
  const path = join(folderOf(name), filesOf(name).base);
  if (isClustered(name) || existsSync(path)) return true;
  console.error(`SKIPPED: ${name}: there is no ${path} (set STRATA_DATA)`);
  return false;
}

/** The set's files and shape. */
export function openDataset(name) {
  const folder = folderOf(name);
  const files = Object.fromEntries(
    Object.entries(filesOf(name)).map(([part, file]) => [part, join(folder, file)]),
  );
  if (isClustered(name) && !existsSync(files.truth)) {
    mkdirSync(folder, { recursive: true });
    makeClustered(Number(name.split("-")[1]), files);
  }
  const base = new RowFile(files.base);
  const { dimension, count: baseCount } = base;
  base.close();
  return { name, metric: metricOf(name), dimension, baseCount, files };
}

/** Every row carries `slice`, 0 to 9999, spread over the whole set: `slice < n` selects n of 10,000 rows. */
export const SLICES = 10_000;
export const sliceOf = (row) => (row * 7919) % SLICES;
