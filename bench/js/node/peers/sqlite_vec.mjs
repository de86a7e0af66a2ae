// sqlite-vec under better-sqlite3: exact search over a table in a file.
import { join } from "node:path";
import Database from "better-sqlite3";
import { load } from "sqlite-vec";
import { sliceOf } from "../../datasets.mjs";
import { K } from "../../graph.mjs";

const bytesOf = (floats) => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);

export function makePeer({ folder, metric, dimension }) {
  let db;
  let statement;
  const openFile = () => {
    db = new Database(join(folder, "index.sqlite"));
    load(db);
  };
  const search = (condition) =>
    (statement = db.prepare(`select row from c where vector match ? and k = ${K}${condition}`).pluck());
  return {
    isPersistent: true,
    settings: "f32, exact",
    async build(rows, withSlices) {
      openFile();
      db.exec(`create virtual table c using vec0(
        row integer primary key, ${withSlices ? "slice integer, " : ""}
        vector float[${dimension}] distance_metric=${metric})`);
      const insert = db.prepare(
        withSlices
          ? "insert into c (row, vector, slice) values (?, ?, ?)"
          : "insert into c (row, vector) values (?, ?)",
      );
      for await (const { first, count, vectors } of rows.blocks(1000)) {
        db.transaction(() => {
          for (let i = 0; i < count; i++) {
            const vector = bytesOf(vectors.subarray(i * dimension, (i + 1) * dimension));
            const row = BigInt(first + i);
            insert.run(...(withSlices ? [row, vector, BigInt(sliceOf(first + i))] : [row, vector]));
          }
        })();
      }
      db.close();
    },
    open() {
      openFile();
      search("");
    },
    prepare: bytesOf,
    setEffort: (effort, slice) => void search(slice === undefined ? "" : ` and slice < ${slice}`),
    search: (query) => statement.all(query),
    rowsOf: (rows) => rows,
  };
}
