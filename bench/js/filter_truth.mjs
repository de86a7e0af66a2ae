import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { benchFolder, sliceOf, SLICES } from "./datasets.mjs";
import { K } from "./graph.mjs";
import { Nearest } from "./nearest.mjs";
import { DISTANCES } from "./recall.mjs";
import { RowFile } from "./row_file.mjs";

/** Filtered searches are scored on the first queries of a set. */
const QUERIES = 200;
const SHARES = [0.5, 0.1, 0.01, 0.001, 0.0001];

/** The filters measured, { label, slice, truth }: no filter first, then `slice < n` with the exact answers in a file. */
export function makeFilters(set) {
  const folder = join(benchFolder, "truth");
  mkdirSync(folder, { recursive: true });
  const filters = SHARES.map((share) => {
    const slice = share * SLICES;
    return { label: `${100 * share}%`, slice, truth: join(folder, `${set.name}-slice-${slice}.fvecs`) };
  });
  if (!filters.every(({ truth }) => existsSync(truth))) writeTruths(set, filters);
  return [{ label: "none" }, ...filters];
}

function writeTruths({ metric, files }, filters) {
  const base = new RowFile(files.base);
  const queryFile = new RowFile(files.queries);
  const queryCount = Math.min(QUERIES, queryFile.count);
  const queries = Array.from({ length: queryCount }, (_, q) => queryFile.at(q));
  const nearest = filters.map(() => new Nearest(queryCount, K));
  for (const { first, count, vectors } of base.blocks(1000)) {
    for (let i = 0; i < count; i++) {
      const among = nearest.filter((_, f) => sliceOf(first + i) < filters[f].slice);
      if (among.length === 0) continue;
      const row = vectors.subarray(i * base.dimension, (i + 1) * base.dimension);
      queries.forEach((query, q) => {
        const distance = DISTANCES[metric](query, row);
        for (const one of among) one.offer(q, distance);
      });
    }
  }
  nearest.forEach((one, f) => one.save(filters[f].truth));
  base.close();
  queryFile.close();
}
