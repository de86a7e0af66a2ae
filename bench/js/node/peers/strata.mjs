// StrataDB as its users have it: a durable database in files, compacted, through the public API.
import { open } from "stratadb";
import { fillStrata } from "../../fill_strata.mjs";
import { GRAPH, K } from "../../graph.mjs";
import { sliceOf } from "../../datasets.mjs";

const HNSW = { index: { type: "hnsw", ...GRAPH } };
const CONFIGURATIONS = {
  default: { collection: HNSW, database: {} },
  cached: { collection: HNSW, database: { memoryBudget: 2 ** 31 } },
  small: { collection: HNSW, database: { memoryBudget: 2 ** 27 } },
};

export function makePeer({ configuration, folder, metric, dimension }) {
  const { collection, database } = CONFIGURATIONS[configuration];
  let db;
  let c;
  let options;
  return {
    isPersistent: true,
    settings: JSON.stringify({ ...collection, ...database }),
    async build(rows, withSlices) {
      db = await open(folder, database);
      await fillStrata(
        db,
        { ...collection, metric, dimension },
        rows.blocks(1000),
        withSlices ? (row) => ({ slice: sliceOf(row) }) : undefined,
      );
      await db.close();
    },
    async open() {
      db = await open(folder, database);
      c = await db.collection("c");
      options = { k: K, include: [] };
    },
    setEffort(effort, slice) {
      options = { k: K, include: [], efSearch: Number(effort) };
      if (slice !== undefined) options.filter = `slice < ${slice}`;
    },
    search: (query) => c.search(query, options),
    rowsOf: (hits) => hits.map((hit) => hit.id),
    searchMany: (queries) => c.searchMany(queries, { k: K, efSearch: options.efSearch }),
    close: () => db.close(),
  };
}
