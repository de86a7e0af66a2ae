// What is compared: every engine with its program or module, its configuration and the efforts its curve is made of.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const installed = fileURLToPath(new URL("./node_modules/", import.meta.url));
const programs = fileURLToPath(new URL("../../build/release/", import.meta.url));

const EF = "10 12 16 20 24 32 40 48 64 96 128 192 256 384 512".split(" ");
// nprobe x k_factor, and efSearch x refine factor. A curve is the best of them all.
const NPROBE = [1, 2, 4, 8, 16, 32, 64].flatMap((nprobe) =>
  [2, 4, 8, 16].map((factor) => `${nprobe}x${factor}`),
);
const REFINED = ["10", "20", "50", "100", "200", "400", "10x1", "20x2", "40x2", "80x2", "160x2", "320x2"];

/**
 * @param more - `efforts`; `isGrid`: they are not in order of recall; `filters`: it can be filtered; `builtAs`: it opens a
 *   copy of what that engine built.
 */
const module = (id, title, file, configuration, packages, more = {}) => ({
  id, title, kind: "module", file, configuration, packages, efforts: EF, ...more,
}); // prettier-ignore
const program = (id, title, file, configuration, more = {}) => ({
  id, title, kind: "program", file: join(programs, file), configuration, packages: [], efforts: EF, ...more,
}); // prettier-ignore

/** Ours first. */
export const ENGINES = [
  module("strata", "StrataDB, WebAssembly", "strata.mjs", "default", ["stratadb"], { filters: true }),
  module("strata-cached", "StrataDB, WebAssembly, memoryBudget 2 GiB", "strata.mjs", "cached", ["stratadb"], { filters: true, builtAs: "strata" }),
  module("strata-small", "StrataDB, WebAssembly, memoryBudget 128 MiB", "strata.mjs", "small", ["stratadb"], { builtAs: "strata" }),
  program("strata-native", "StrataDB, native", "bench_engine", ""),
  program("strata-native-cached", "StrataDB, native, memory budget 2 GiB", "bench_engine", String(2 ** 31), { builtAs: "strata-native" }),
  program("hnswlib-native", "hnswlib, native for this machine", "bench_hnswlib_native", ""),
  program("hnswlib-sse", "hnswlib, native, SSE", "bench_hnswlib_x86-64", ""),
  program("faiss-hnsw", "FAISS HNSW", "bench_faiss", "HNSW16"),
  program("faiss-ivfpq", "FAISS IVFPQ fast-scan, refined", "bench_faiss", "IVFnlist,PQpqx4fs,RFlat", { efforts: NPROBE, isGrid: true }),
  program("faiss-pca-ivfpq", "FAISS IVFPQ fast-scan on 112 components, refined", "bench_faiss", "PCAR112,IVFnlist,PQ56x4fs,RFlat", { efforts: NPROBE, isGrid: true }),
  module("hnswlib-node", "hnswlib-node", "hnswlib_node.mjs", "", ["hnswlib-node"], { filters: true }),
  module("usearch-f32", "usearch f32", "usearch.mjs", "f32", ["usearch"]),
  module("usearch-f16", "usearch f16", "usearch.mjs", "f16", ["usearch"]),
  module("edgevec", "EdgeVec", "edgevec.mjs", "", ["edgevec"], { filters: true }),
  module("lancedb", "LanceDB HNSW_SQ", "lancedb.mjs", "hnsw-sq", ["@lancedb/lancedb", "apache-arrow"], { filters: true, efforts: REFINED, isGrid: true }),
  module("pgvector", "PGlite pgvector HNSW", "pgvector.mjs", "", ["@electric-sql/pglite", "@electric-sql/pglite-pgvector"], { filters: true }),
  module("sqlite-vec", "sqlite-vec, exact", "sqlite_vec.mjs", "", ["better-sqlite3", "sqlite-vec"], { filters: true, efforts: ["exact"] }),
]; // prettier-ignore

export const engineOf = (id) => {
  const engine = ENGINES.find((one) => one.id === id);
  if (!engine) throw new Error(`no engine ${id}; there are ${ENGINES.map((one) => one.id).join(", ")}`);
  return engine;
};

/** What is missing to run it, or undefined. */
export function missingFor({ kind, file, packages }) {
  if (kind === "program")
    return existsSync(file) ? undefined : `there is no ${file} (node bench/js/report.mjs builds it)`;
  const absent = packages.filter((name) => !existsSync(join(installed, name)));
  return absent.length > 0 ? `${absent.join(", ")} not installed (npm install in bench/js)` : undefined;
}
