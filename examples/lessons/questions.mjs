// Asking in plain words, with and without a filter, and changing what is there.
import { passageOf } from "./ingest.mjs";
import { excerpt, heading, wrap } from "./print.mjs";

async function printAnswer(lessons, embedder, question, options) {
  const query = await embedder.embed([question], { kind: "query" });
  const { hits, plans } = await lessons.explain(query, { k: 3, include: ["metadata", "text"], ...options });
  console.log(`\nQ: ${question}`);
  for (const [i, hit] of hits.entries()) {
    const { title, section } = hit.metadata;
    console.log(`\n  ${i + 1}. ${title} > ${section}   [${hit.id}, distance ${hit.distance.toFixed(3)}]`);
    if (hit.text) console.log(wrap(excerpt(passageOf(hit.text))));
  }
  for (const plan of plans) console.log(`\n  plan: ${plan.strategy}. ${plan.reason}`);
  return hits;
}

/** Whether a passage of the right lesson is among the first three. */
export async function ask(lessons, embedder, { text, page }) {
  const hits = await printAnswer(lessons, embedder, text);
  return hits.some((hit) => hit.metadata.page === page);
}

export async function showFilter(lessons, embedder) {
  heading("With a filter");
  const filter = "tags contains 'fsync' or topic startsWith 'lsm'";
  console.log(`filter: ${filter}  (${await lessons.count(filter)} of ${await lessons.count()} passages)`);
  await printAnswer(lessons, embedder, "What happens to my data when the power goes out?", { filter });
}

/** A word of one passage alone is no term of the vectors' model; a search by words finds it. */
export async function showWords(lessons, embedder) {
  heading("By words, and by both");
  const text = "What is HyperLogLog for in Redis?";
  const vector = await embedder.embed([text], { kind: "query" });
  const ways = [
    ["by vector", vector],
    ["by words", text],
    ["by both", { vector, text }],
  ];
  console.log(`Q: ${text}`);
  for (const [how, query] of ways) {
    const { hits, plans } = await lessons.explain(query, { k: 3 });
    console.log(`\n  ${how}: ${hits.map(({ id }) => id).join(", ")}`);
    console.log(`  plan: ${plans.map(({ strategy, reason }) => `${strategy}, ${reason}`).join("; ")}`);
  }
}

export async function showUpdateAndDelete(lessons, embedder) {
  heading("Update and delete");
  const question = "How does the AVL tree maintain balance?";
  const query = await embedder.embed([question], { kind: "query" });
  const [best] = await lessons.search(query, { k: 1 });
  await lessons.update(best.id, { metadata: { reviewed: true } });
  const [reviewed] = await lessons.search(query, { k: 1, filter: { reviewed: true } });
  console.log(`updated ${best.id}: the filter {"reviewed":true} now finds ${reviewed.id}`);
  const record = await lessons.get(best.id);
  await lessons.delete(best.id);
  const [next] = await lessons.search(query, { k: 1 });
  console.log(`deleted ${best.id}: the best answer is now ${next.id} (distance ${next.distance.toFixed(3)})`);
  await lessons.upsert([record]);
  const [again] = await lessons.search(query, { k: 1 });
  console.log(`put back: the best answer is ${again.id} again`);
}
