// Writes one record after the other and tells its parent how many are durable, until it is killed.
import { open } from "stratadb";

const db = await open(process.argv[2], { durability: "strict" });
const numbers = await db.collection("numbers", { dimension: 4, metric: "l2" });
for (let id = 0; ; id++) {
  await numbers.upsert([{ id, vector: [id, id + 1, id + 2, id + 3], metadata: { square: id * id } }]);
  process.send(id + 1);
}
