import assert from "node:assert/strict";
import { test } from "node:test";
import { open, TRACE_KINDS } from "stratadb";
import { randomVectors } from "./support/vectors.mjs";

const COUNT = 3000;

async function filled(t, compact = true) {
  const db = await open("test", { storage: "memory" });
  t.after(() => db.close());
  const c = await db.collection("points", { dimension: 8, metric: "l2", index: { type: "hnsw", m: 8 } });
  const inspect = c.inspect();
  await inspect.memory(); // From here on the whole engine is loaded, and remembers what it does.
  const ids = Array.from({ length: COUNT }, (_, n) => n);
  await c.upsert({ ids, vectors: randomVectors(COUNT, 8, 1) });
  if (compact) await db.compact();
  return { db, c, inspect };
}

test("the memtable is shown as the AVL tree it is", async (t) => {
  const { inspect } = await filled(t, false);
  const { ids, left, right, height, balance } = await inspect.memtable();
  if (ids.length === 0) return; // It was flushed already.
  let visited = 0;
  let last = -Infinity;
  const walk = (node) => {
    if (node < 0) return 0;
    const before = walk(left[node]);
    assert.ok(ids[node] > last, "ids are in order");
    last = ids[node];
    visited++;
    const after = walk(right[node]);
    assert.equal(balance[node], before - after);
    assert.ok(Math.abs(balance[node]) <= 1);
    assert.equal(height[node], 1 + Math.max(before, after));
    return height[node];
  };
  walk(0);
  assert.equal(visited, ids.length);
});

test("segments, graph and codebook describe one another", async (t) => {
  const { inspect } = await filled(t);
  const [segment] = await inspect.segments();
  assert.equal(segment.rows, COUNT);
  assert.equal(segment.index, "hnsw");
  assert.equal(segment.layerRows[0], COUNT);
  for (const [layer, rows] of segment.layerRows.entries()) {
    const graph = await inspect.graph(segment.file, layer);
    assert.equal(graph.rows.length, rows);
    assert.equal(graph.offsets.length, rows + 1);
    assert.equal(graph.offsets[rows], graph.links.length);
    const present = new Set(graph.rows);
    assert.ok(graph.links.every((row) => present.has(row)));
    const linksMax = layer === 0 ? 16 : 8;
    for (let i = 0; i < rows; i++) assert.ok(graph.offsets[i + 1] - graph.offsets[i] <= linksMax);
  }
  const codebook = await inspect.codebooks(segment.file);
  assert.equal(codebook.type, "sq8");
  assert.equal(codebook.minimum.length, 8);
  assert.equal(codebook.step.length, 8);
  await assert.rejects(inspect.graph(999999), { name: "StrataError", code: "NOT_FOUND" });
  assert.equal(typeof (await inspect.idOf(segment.file, 0)), "number");
});

test("a trace is the walk, and ends at what the search finds", async (t) => {
  const { c, inspect } = await filled(t);
  const query = randomVectors(1, 8, 2);
  const trace = await inspect.trace(query, { k: 5 });
  assert.ok(trace.kind.length > 10);
  assert.equal(TRACE_KINDS[trace.kind[0]], "enterLayer");
  const [best] = await c.search(query, { k: 1 });
  const seen = new Set();
  for (let i = 0; i < trace.kind.length; i++) seen.add(await inspect.idOf(trace.segment[i], trace.to[i]));
  assert.ok(seen.has(best.id));
});

test("a projection draws records on a plane, with falling variance", async (t) => {
  const { inspect } = await filled(t);
  const { ids, points, variance } = await inspect.projection("pca", { pointsMax: 100 });
  assert.equal(ids.length, 100);
  assert.equal(points.length, 200);
  assert.ok(points.every(Number.isFinite));
  assert.ok(variance[0] >= variance[1] && variance[0] <= 1);
});

test("log, plans and memory are told", async (t) => {
  const { inspect } = await filled(t);
  const lsm = await inspect.lsm();
  assert.ok(lsm.sequence > 0 && lsm.done.length > 0, JSON.stringify(lsm));
  const memory = await inspect.memory();
  assert.ok(
    memory.length > 0 && memory.every(({ name, bytes }) => name !== "" && bytes >= 0),
    JSON.stringify(memory),
  );
});
