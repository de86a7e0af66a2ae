// The table of one data set.
import { GRAPH, K } from "../graph.mjs";
import { median } from "../measure.mjs";
import { RECALLS } from "./pair.mjs";

/** The bar: how many times hnswlib-wasm's queries per second, and at which recall. */
const BAR = { recall: 0.95, ratio: 3 };

/** A column: the median of what there is, or "none". */
const cell = (numbers, digits, width) =>
  (numbers.length ? median(numbers).toFixed(digits) : "none").padStart(width);

function printBuilds(pairs) {
  console.log(`  ${"build".padEnd(44)}  seconds  / hnswlib-wasm's`);
  for (const [i, { engine }] of pairs[0].engines.entries()) {
    const seconds = pairs.map(({ engines }) => engines[i].seconds);
    const ratios = pairs.map(({ engines }) => engines[i].seconds / engines.at(-1).seconds);
    console.log(`    ${engine.padEnd(42)} ${cell(seconds, 1, 8)} ${cell(ratios, 2, 17)}`);
  }
}

function printLines(recall, rounds) {
  const index = RECALLS.indexOf(recall);
  const lines = Object.keys(rounds[0]);
  const peer = lines.at(-1);
  const title = `searches at recall ${recall}`;
  console.log(`  ${title.padEnd(44)}      q/s  / hnswlib-wasm's  efSearch  recall@${K}`);
  for (const line of lines) {
    const reached = rounds.filter((round) => round[line][index]);
    const of = (field) => reached.map((round) => round[line][index][field]);
    const ratios = reached
      .filter((round) => round[peer][index])
      .map((round) => round[line][index].qps / round[peer][index].qps);
    const judged = recall === BAR.recall && line !== peer && ratios.length > 0;
    const verdict = median(ratios) >= BAR.ratio ? "reached" : "missed";
    console.log(
      `    ${line.padEnd(42)} ${cell(of("qps"), 0, 8)} ${cell(ratios, 2, 17)} ${cell(of("efSearch"), 0, 9)} ` +
        `${cell(of("recall"), 4, 10)}${judged ? `   at least ${BAR.ratio}: ${verdict}` : ""}`,
    );
  }
}

export function printSet(name, pairs) {
  const { baseCount, dimension, metric, isWhole } = pairs[0].set;
  const rounds = pairs.flatMap((pair) => pair.rounds);
  console.log(
    `\n${name}: ${baseCount} x ${dimension}, ${metric}, M = ${GRAPH.m}, efConstruction = ${GRAPH.efConstruction}, ` +
      `${pairs[0].wasm.join(", ")}, pairs: ${pairs.length}, rounds: ${rounds.length}` +
      (isWhole ? "" : "\n  NOT the whole set: truth computed from its first rows"),
  );
  printBuilds(pairs);
  for (const recall of RECALLS) printLines(recall, rounds);
}
