// Fills a StrataDB database with a data set: in Node and in a page alike.

/**
 * Makes collection "c" of `db`, holding rows under their numbers, all of it durable and indexed when the promise resolves.
 *
 * @param blocks - Runs of rows { first, count, vectors }, each written as one batch.
 * @param metadataOf - The metadata of a row; without it there is none.
 */
export async function fillStrata(db, options, blocks, metadataOf) {
  const c = await db.collection("c", options);
  for await (const { first, count, vectors } of blocks) {
    const ids = Array.from({ length: count }, (_, i) => first + i);
    await c.upsert(metadataOf ? { ids, vectors, metadata: ids.map(metadataOf) } : { ids, vectors });
  }
  await db.flush();
  await db.compact();
  return c;
}
