// LanceDB, a native addon (Rust), in files, held to one thread by its environment variables. An effort is ef, or
// ef x refine factor.
import lancedb, { Index } from "@lancedb/lancedb";
import {
  Field,
  FixedSizeList,
  Float32,
  Int32,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Table,
} from "apache-arrow";
import { sliceOf } from "../../datasets.mjs";
import { GRAPH, K } from "../../graph.mjs";

export function makePeer({ folder, metric, dimension }) {
  const item = new Field("item", new Float32(), true);
  const list = new FixedSizeList(dimension, item);
  const schema = new Schema([
    new Field("id", new Int32(), false),
    new Field("slice", new Int32(), false),
    new Field("vector", list, false),
  ]);
  const batchOf = ({ first, count, vectors }) => {
    const ids = Int32Array.from({ length: count }, (_, i) => first + i);
    const child = makeData({ type: new Float32(), data: vectors });
    const children = [
      makeVector(ids).data[0],
      makeVector(ids.map(sliceOf)).data[0],
      makeData({ type: list, length: count, nullCount: 0, child }),
    ];
    return new Table(
      new RecordBatch(
        schema,
        makeData({ type: new Struct(schema.fields), length: count, nullCount: 0, children }),
      ),
    );
  };
  let table;
  let searching;
  return {
    isPersistent: true,
    settings: `HNSW_SQ, 1 partition, m ${GRAPH.m}, ef_construction ${GRAPH.efConstruction}`,
    async build(rows, withSlices) {
      const db = await lancedb.connect(folder);
      for await (const block of rows.blocks(10_000)) {
        const batch = batchOf(block);
        if (table) await table.add(batch);
        else table = await db.createTable("c", batch);
      }
      const config = Index.hnswSq({
        distanceType: metric,
        numPartitions: 1,
        m: GRAPH.m,
        efConstruction: GRAPH.efConstruction,
      });
      await table.createIndex("vector", { config });
      if (withSlices) await table.createIndex("slice");
      await table.optimize();
    },
    async open() {
      table = await (await lancedb.connect(folder)).openTable("c");
      this.setEffort("20");
    },
    setEffort(effort, slice) {
      const [ef, factor] = effort.split("x").map(Number);
      searching = (query) => {
        const search = table
          .query()
          .nearestTo(query)
          .distanceType(metric)
          .column("vector")
          .nprobes(1)
          .ef(ef)
          .limit(K);
        if (factor) search.refineFactor(factor);
        if (slice !== undefined) search.where(`slice < ${slice}`);
        return search.select(["id", "_distance"]).toArrow();
      };
    },
    search: (query) => searching(query),
    rowsOf: (answer) => Array.from(answer.getChild("id").toArray()),
  };
}
