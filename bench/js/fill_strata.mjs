// Fills a StrataDB database with a data set: in Node and in a page alike.
import { GRAPH } from "./graph.mjs";

const BATCH = 1000;

/**
 * Makes collection "c" of `db`, holding the set's base rows under their numbers, all of it durable and indexed when the
 * promise resolves.
 *
 * @param metadataOf - The metadata of a row; without it there is none.
 */
export async function fillStrata(db, set, metadataOf) {
  const { dimension, metric, base, baseCount } = set;
  const c = await db.collection("c", { dimension, metric, index: { type: "hnsw", ...GRAPH } });
  for (let from = 0; from < baseCount; from += BATCH) {
    const to = Math.min(from + BATCH, baseCount);
    const ids = Array.from({ length: to - from }, (_, i) => from + i);
    const vectors = base.subarray(from * dimension, to * dimension);
    await c.upsert(metadataOf ? { ids, vectors, metadata: ids.map(metadataOf) } : { ids, vectors });
  }
  await db.flush();
  await db.compact();
  return c;
}
