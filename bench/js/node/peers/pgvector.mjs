// PGlite (PostgreSQL in WebAssembly) with pgvector's HNSW, in files.
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { sliceOf } from "../../datasets.mjs";
import { GRAPH, K } from "../../graph.mjs";

const textOf = (floats) => `[${floats.join(",")}]`;

export function makePeer({ folder, metric, dimension }) {
  const [operator, operators] = metric === "cosine" ? ["<=>", "vector_cosine_ops"] : ["<->", "vector_l2_ops"];
  let db;
  let text;
  const openDatabase = async () => (db = await PGlite.create(join(folder, "pg"), { extensions: { vector } }));
  const searching = (condition) => `select id from c ${condition} order by vector ${operator} $1 limit ${K}`;
  return {
    isPersistent: true,
    settings: `f32, m ${GRAPH.m}, ef_construction ${GRAPH.efConstruction}, iterative_scan strict_order`,
    async build(rows, withSlices) {
      await openDatabase();
      await db.exec(`create extension vector; set maintenance_work_mem = '1GB';
        create table c (id int primary key, slice int, vector vector(${dimension}))`);
      for await (const { first, count, vectors } of rows.blocks(1000)) {
        const lines = await rows.setAside(() =>
          Array.from({ length: count }, (_, i) => {
            const row = textOf(vectors.subarray(i * dimension, (i + 1) * dimension));
            return `${first + i}\t${sliceOf(first + i)}\t${row}\n`;
          }),
        );
        await db.query("copy c from '/dev/blob'", [], { blob: new Blob(lines) });
      }
      await db.exec(`create index on c using hnsw (vector ${operators})
        with (m = ${GRAPH.m}, ef_construction = ${GRAPH.efConstruction})`);
      if (withSlices) await db.exec("create index on c (slice)");
      await db.exec("analyze c");
      await db.close();
    },
    async open() {
      await openDatabase();
      await db.exec("set hnsw.iterative_scan = strict_order");
      text = searching("");
    },
    prepare: textOf,
    async setEffort(effort, slice) {
      await db.exec(`set hnsw.ef_search = ${effort}`);
      text = searching(slice === undefined ? "" : `where slice < ${slice}`);
    },
    search: (query) => db.query(text, [query]),
    rowsOf: ({ rows }) => rows.map(({ id }) => id),
    close: () => db.close(),
  };
}
