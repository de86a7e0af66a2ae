// The page: opens the lessons from this browser's storage (bringing them in on the first visit) and searches them.
import { open } from "./stratadb/browser/index.js";
import { LsaEmbedder } from "./stratadb/browser/embed.js";

const EXAMPLES = [
  "What is the purpose of data replication?",
  "Explain key-value databases with examples.",
  "How does the AVL tree maintain balance?",
  "Why do search trees stop working in many dimensions?",
];
const HITS = 5;

const element = (id) => document.getElementById(id);
const status = element("status");
const question = element("question");
const topic = element("topic");
const controls = [question, topic, document.querySelector("button[type=submit]")];

/** An element with text in it. Data becomes text nodes only, never markup. */
function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/**
 * A passage of Markdown as elements: paragraphs, code, and within them what is emphasised. Nothing is parsed as HTML.
 * The first block of what is stored repeats the headings, for the search.
 */
function passage(markdown) {
  const [, ...blocks] = markdown.split(/\n{2,}/);
  return blocks.map((block) => {
    if (block.startsWith("```")) return make("pre", block.replace(/^```.*\n?|\n?```$/g, ""));
    const keepsLines = /^(\||- |\d+\. )/.test(block);
    const paragraph = make("p", undefined, keepsLines ? "lines" : undefined);
    const text = keepsLines ? block : block.replace(/\s*\n\s*/g, " ");
    for (const part of text.split(/(\*\*[^*]+\*\*|`[^`]+`)/)) {
      if (part.startsWith("**")) paragraph.append(make("strong", part.slice(2, -2)));
      else if (part.startsWith("`")) paragraph.append(make("code", part.slice(1, -1)));
      else paragraph.append(part);
    }
    return paragraph;
  });
}

function say(text, isError = false) {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

async function openLessons() {
  const db = await open("lessons");
  let firstVisit = false;
  if (!(await db.collections()).includes("lessons")) {
    firstVisit = true;
    say("First visit: bringing the lessons in…");
    const response = await fetch("lessons.export");
    if (!response.ok) throw new Error(`the lessons could not be fetched (HTTP ${response.status})`);
    await db.import(response.body, {
      onProgress: (done) => say(`First visit: ${Math.round(done * 100)}% of the lessons are in…`),
    });
    await db.flush();
  }
  const lessons = await db.collection("lessons");
  return { db, lessons, embedder: await LsaEmbedder.load(db, "lessons"), firstVisit };
}

async function fillTopics(lessons) {
  const titles = new Map();
  for await (const { metadata } of lessons.scan({ include: ["metadata"] }))
    titles.set(metadata.page, metadata.title);
  for (const [page, title] of titles) {
    const option = make("option", title);
    option.value = page;
    topic.append(option);
  }
}

function showHits(hits) {
  element("hits").replaceChildren(
    ...hits.map(({ metadata, text, distance, score }) => {
      const item = make("li");
      item.append(make("h2", metadata.section), make("span", metadata.title, "where"), ...passage(text));
      const nearness = make("div", undefined, "nearness");
      const meter = make("meter");
      meter.max = 1;
      meter.value = Math.max(0, score);
      meter.setAttribute("aria-label", "similarity");
      nearness.append(meter, make("span", `distance ${distance.toFixed(3)}`));
      item.append(nearness);
      return item;
    }),
  );
}

function showPlan({ plans, counters }, options, millis) {
  const rows = plans.map((plan) => [
    plan.segment === 0 ? "memtable" : `segment ${plan.segment}`,
    `${plan.strategy}: ${plan.reason}`,
  ]);
  rows.push(
    ["looked at", `${counters.distancesApproximate} codes, ${counters.distancesExact} full vectors`],
    ["time", `${millis.toFixed(2)} ms, with the way to the worker and back`],
  );
  element("plan").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
  const filter = options.filter ? `, filter: ${JSON.stringify(options.filter)}` : "";
  element("call").textContent =
    `const query = await embedder.embed([${JSON.stringify(question.value)}]);\n` +
    `const hits = await lessons.search(query, { k: ${options.k}${filter}, include: ["metadata", "text"] });`;
  element("how").hidden = false;
}

async function search({ lessons, embedder }) {
  const text = question.value.trim();
  if (!text) return;
  try {
    const options = { k: HITS, include: ["metadata", "text"] };
    if (topic.value) options.filter = { page: topic.value };
    const query = await embedder.embed([text], { kind: "query" });
    const start = performance.now();
    const found = await lessons.explain(query, options);
    const millis = performance.now() - start;
    showHits(found.hits);
    showPlan(found, options, millis);
    say(`${found.hits.length} nearest passages of ${await lessons.count(options.filter)}`);
    history.replaceState(
      null,
      "",
      `?${new URLSearchParams({ q: text, ...(topic.value && { page: topic.value }) })}`,
    );
  } catch (error) {
    element("hits").replaceChildren();
    element("how").hidden = true;
    say(
      error.code === "NOT_FOUND"
        ? "None of these words occurs in the lessons. Try others."
        : `${error.code ?? error.name}: ${error.message}`,
      true,
    );
  }
}

async function start() {
  const opened = await openLessons();
  await fillTopics(opened.lessons);
  const stats = await opened.db.stats();
  const { storage } = opened.db;
  element("storage").textContent =
    `${await opened.lessons.count()} passages in ${storage.kind === "opfs" ? "this browser's private files (OPFS)" : storage.kind}, ` +
    `${(stats.bytes / 1e6).toFixed(1)} MB.${storage.note ? ` ${storage.note}` : ""} ` +
    (opened.firstVisit
      ? "Reload the page: they are still there."
      : "Opened from storage, not from the network.");
  for (const example of EXAMPLES) {
    const button = make("button", example);
    button.type = "button";
    button.addEventListener("click", () => {
      question.value = example;
      void search(opened);
    });
    element("examples").append(button);
  }
  element("search").addEventListener("submit", (event) => {
    event.preventDefault();
    void search(opened);
  });
  topic.addEventListener("change", () => void search(opened));
  for (const control of controls) control.disabled = false;
  say("Ready.");
  const asked = new URLSearchParams(location.search);
  topic.value = asked.get("page") ?? "";
  question.value = asked.get("q") ?? "";
  if (question.value) await search(opened);
}

start().catch((error) =>
  say(`The lessons could not be opened. ${error.code ?? error.name}: ${error.message}`, true),
);
