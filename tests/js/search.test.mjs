import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "stratadb";
import { bruteForce, randomVectors, seededRandom } from "./support/vectors.mjs";

const DIMENSION = 24;
const COUNT = 3000; // Above index_rows_min, so that compacting builds a graph.

async function filled(t, metric, { compact = true } = {}) {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: DIMENSION, metric });
  const vectors = randomVectors(COUNT, DIMENSION, 1);
  const ids = Array.from({ length: COUNT }, (_, row) => row);
  await c.upsert({
    ids,
    vectors,
    metadata: ids.map((row) => ({ row, tens: row % 10, tags: [`t${row % 7}`, "all"] })),
  });
  if (compact) await db.compact();
  return { db, c, vectors };
}

for (const metric of ["l2", "cosine", "dot"]) {
  test(`${metric}: distances are the metric's own, scores grow with similarity, and an exact search is exact`, async (t) => {
    const { c, vectors } = await filled(t, metric);
    const queries = randomVectors(5, DIMENSION, 2);
    for (let q = 0; q < 5; q++) {
      const query = queries.subarray(q * DIMENSION, (q + 1) * DIMENSION);
      const expected = bruteForce(vectors, DIMENSION, query, 10, metric);
      const hits = await c.search(query, { exact: true });
      assert.deepEqual(
        hits.map(({ id }) => id),
        expected.map(({ row }) => row),
      );
      hits.forEach(({ distance, score }, i) => {
        assert.ok(
          Math.abs(distance - expected[i].distance) < 1e-4,
          `${distance} and ${expected[i].distance}`,
        );
        const wanted = { l2: 1 / (1 + distance), cosine: 1 - distance, dot: -distance }[metric];
        assert.ok(Math.abs(score - wanted) < 1e-5, `score ${score}, expected ${wanted}`);
      });
    }
  });

  test(`${metric}: the index finds at least 95 of 100 true neighbours`, async (t) => {
    const { c, vectors } = await filled(t, metric);
    const queries = randomVectors(20, DIMENSION, 3);
    let found = 0;
    for (let q = 0; q < 20; q++) {
      const query = queries.subarray(q * DIMENSION, (q + 1) * DIMENSION);
      const expected = new Set(bruteForce(vectors, DIMENSION, query, 10, metric).map(({ row }) => row));
      found += (await c.search(query)).filter(({ id }) => expected.has(id)).length;
    }
    assert.ok(found >= 190, `found ${found} of 200`);
  });
}

test("every filter leaves min(k, matches) hits, and only matching ones", async (t) => {
  const { c, vectors } = await filled(t, "l2");
  const query = randomVectors(1, DIMENSION, 4);
  const cases = [
    [{ row: { $lt: 1500 } }, (row) => row < 1500],
    [{ tens: 3 }, (row) => row % 10 === 3],
    ["tens in [3, 4] and row >= 100", (row) => [3, 4].includes(row % 10) && row >= 100],
    [{ tags: "t5", row: { $gte: 2900 } }, (row) => row % 7 === 5 && row >= 2900],
    [{ row: { $in: [5, 500, 1234] } }, (row) => [5, 500, 1234].includes(row)],
    [{ $or: [{ row: 1 }, { row: 2 }] }, (row) => row === 1 || row === 2],
    [{ $not: { tags: "all" } }, () => false],
    [{ missing: { $exists: true } }, () => false],
  ];
  for (const [filter, matches] of cases) {
    const expected = bruteForce(vectors, DIMENSION, query, 10, "l2", matches);
    const hits = await c.search(query, { filter, exact: true });
    assert.deepEqual(
      hits.map(({ id }) => id),
      expected.map(({ row }) => row),
      JSON.stringify(filter),
    );
    const walked = await c.search(query, { filter });
    assert.equal(walked.length, expected.length, JSON.stringify(filter));
    assert.ok(
      walked.every(({ id }) => matches(id)),
      JSON.stringify(filter),
    );
    const matching = Array.from({ length: COUNT }, (_, row) => row).filter(matches).length;
    assert.equal(await c.count(filter), matching, JSON.stringify(filter));
  }
});

test("a search sees a write as soon as it was made, before and after the index", async (t) => {
  const { c } = await filled(t, "l2", { compact: false });
  const random = seededRandom(5);
  for (let n = 0; n < 20; n++) {
    const vector = Float32Array.from({ length: DIMENSION }, () => 10 + random());
    const write = c.upsert([{ id: `new ${n}`, vector }]);
    assert.equal((await c.search(vector, { k: 1 }))[0].id, `new ${n}`);
    await write;
    await c.delete(`new ${n}`);
    assert.notEqual((await c.search(vector, { k: 1 }))[0].id, `new ${n}`);
  }
});

test("radius leaves only what is near enough", async (t) => {
  const { c, vectors } = await filled(t, "l2");
  const query = vectors.slice(0, DIMENSION);
  const near = bruteForce(vectors, DIMENSION, query, COUNT, "l2").filter(({ distance }) => distance <= 2.5);
  const hits = await c.search(query, { radius: 2.5, k: COUNT, exact: true });
  assert.deepEqual(
    hits.map(({ id }) => id),
    near.map(({ row }) => row),
  );
  assert.equal((await c.search(query, { radius: 0 })).length, 1);
  assert.equal((await c.search(query, { radius: -1 })).length, 0);
});

test("k beyond the number of records gives all of them, nearest first", async (t) => {
  const { c } = await filled(t, "cosine");
  const hits = await c.search(randomVectors(1, DIMENSION, 6), { k: 2 ** 31 - 1, include: [] });
  assert.equal(hits.length, COUNT);
  assert.ok(hits.every(({ distance }, i) => i === 0 || distance >= hits[i - 1].distance));
  assert.deepEqual(Object.keys(hits[0]).sort(), ["distance", "id", "score"]);
});

test("include decides what a hit carries", async (t) => {
  const { c, vectors } = await filled(t, "l2");
  const query = vectors.slice(5 * DIMENSION, 6 * DIMENSION);
  const [hit] = await c.search(query, { k: 1, include: ["vector", "metadata", "text"] });
  assert.deepEqual(hit.vector, query);
  assert.equal(hit.metadata.row, 5);
  assert.equal("text" in hit, false);
});

test("searchMany answers like search, in flat arrays", async (t) => {
  const { c } = await filled(t, "l2");
  const queries = randomVectors(4, DIMENSION, 7);
  const many = await c.searchMany(queries, { k: 5, filter: { row: { $lt: 2000 } } });
  assert.equal(many.k, 5);
  assert.deepEqual([...many.counts], [5, 5, 5, 5]);
  for (let q = 0; q < 4; q++) {
    const query = queries.subarray(q * DIMENSION, (q + 1) * DIMENSION);
    const hits = await c.search(query, { k: 5, filter: { row: { $lt: 2000 } } });
    assert.deepEqual(
      many.ids.slice(5 * q, 5 * q + 5),
      hits.map(({ id }) => id),
    );
    assert.deepEqual(
      [...many.distances.slice(5 * q, 5 * q + 5)],
      hits.map(({ distance }) => distance),
    );
  }
  // Rows are as wide as the longest answer; shorter ones end in null and NaN.
  const near = await c.searchMany(queries, { k: 2 ** 31 - 1, radius: 2.2 });
  assert.equal(near.k, Math.max(...near.counts));
  assert.equal(near.ids.length, 4 * near.k);
  for (let q = 0; q < 4; q++) {
    for (let i = 0; i < near.k; i++) {
      assert.equal(near.ids[q * near.k + i] === null, i >= near.counts[q]);
      assert.equal(Number.isNaN(near.distances[q * near.k + i]), i >= near.counts[q]);
    }
  }
});

test("explain gives the hits of search, the plan and the counters", async (t) => {
  const { c } = await filled(t, "l2");
  const query = randomVectors(1, DIMENSION, 8);
  const { hits, plans, counters } = await c.explain(query, { filter: { row: { $lt: 5 } } });
  assert.deepEqual(hits, await c.search(query, { filter: { row: { $lt: 5 } } }));
  const plan = plans.find(({ rows }) => rows > 0);
  assert.equal(plan.matchingRows, 5);
  assert.equal(plan.strategy, "scan-matches");
  assert.match(plan.reason, /5/);
  assert.ok(counters.distancesExact >= 5, JSON.stringify(counters));
  const walk = await c.explain(query);
  assert.ok(
    walk.plans.some(({ strategy }) => strategy === "walk"),
    JSON.stringify(walk.plans),
  );
  assert.ok(walk.counters.hops > 0);
});

test("vectors may be given as Float32Array, Float64Array or plain arrays", async (t) => {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: 2, metric: "l2" });
  await c.upsert([
    { id: 1, vector: Float32Array.of(1, 0) },
    { id: 2, vector: Float64Array.of(2, 0) },
    { id: 3, vector: [3, 0] },
  ]);
  await c.upsert({ ids: [4, 5], vectors: [4, 0, 5, 0] });
  for (const query of [[0, 0], Float64Array.of(0, 0), new Float32Array(2)]) {
    assert.deepEqual(
      (await c.search(query)).map(({ id }) => id),
      [1, 2, 3, 4, 5],
    );
  }
});
