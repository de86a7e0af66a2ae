// A process that writes until it is killed. For each batch that was acknowledged it prints the batch's number.
//   node writer.mjs PATH DURABILITY FIRST
import { open } from "stratadb";

const [path, durability, first] = process.argv.slice(2);
const db = await open(path, { durability });
const c = await db.collection("log", { dimension: 4, metric: "l2" });
for (let n = Number(first); ; n++) {
  const vector = [n, n % 7, n % 11, 1];
  // Each batch: a record that stays, one that is overwritten by every batch, and one that the next batch deletes.
  await c.upsert([
    { id: n, vector, metadata: { n }, text: "x".repeat(200) },
    { id: "latest", metadata: { n } },
    { id: `gone ${n}` },
  ]);
  await c.delete(`gone ${n}`);
  if (n % 40 === 0) await db.flush();
  if (n % 100 === 0) await db.compact();
  process.stdout.write(`${n}\n`);
}
