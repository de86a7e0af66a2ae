// docs/benchmarks/README.md and its plots, made from the results beside them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BARS } from "./bars.mjs";
import { drawLines } from "./plot.mjs";
import { resultsOf } from "./results.mjs";
import { chromiumSection, curvesSection, filtersSection, growthSection, scanSection } from "./sections.mjs";
import { SUITES } from "./suites.mjs";
import { cell, table } from "./table.mjs";

const SECTIONS = {
  node: curvesSection,
  "newer-node": curvesSection,
  filters: filtersSection,
  growth: growthSection,
  scan: scanSection,
  chromium: chromiumSection,
};

const INTRODUCTION = `# Benchmarks

Made by \`node bench/js/report.mjs\`, which measures all of this again (it says how in its head); the numbers are in the
JSON files here. Do not edit this page.

- Engines run on one thread, each in a process of its own, all of them in the same run: a **pair** is one run of all,
  in which they build one after the other and then take turns, effort by effort, in several rounds. A ratio is taken within
  a pair. Figures are medians over the pairs, with the smallest and the largest in brackets.
- Speed is queries per second of **processor time** of the engine's process, all its threads together (in Chromium: of all
  processes of the browser), each query asked by itself through the engine's public API unless it says "many at once".
- **Recall@10** counts a hit by its distance: it is right if it is no farther than the tenth of the true neighbours.
  Queries per second at a recall are read off the curve, between its two nearest points.
- All graphs have M = 16 and efConstruction = 200. StrataDB is a durable database in files, compacted and opened again; what
  its peers keep is said in the tables ("disk").
- **Memory** is what the process weighs more than an empty one of its kind after opening and 1,000 searches; the **peak** of
  a build is all that its process ever weighed.
- Native hnswlib is compiled for this machine (-march=native), and once more for any x86-64. FAISS is Debian's library, which
  is built without AVX2, from which its fast-scan would gain much.
`;

/** What the figures of an entry were measured on. */
function machineOf({ machine, options }) {
  const { date, cpu, cores, memoryGiB, system, node, compiler, commit } = machine;
  const { pairs, rounds, seconds } = options;
  return (
    `${date}, commit ${commit}; ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; Node ${node}, ${compiler}; ` +
    `pairs: ${pairs}, rounds in each: ${rounds}, seconds of a point: ${seconds}.`
  );
}

function barsTable(entryOf) {
  const rows = BARS.map(({ what, bar, value }) => [what, value(entryOf), bar])
    .filter(([, value]) => value)
    .map(([what, value, bar]) => [
      what,
      cell(value, 2),
      bar.toFixed(2),
      value.median >= bar ? "yes" : "**no**",
    ]);
  if (rows.length === 0) return "";
  return `## The bars we set ourselves\n\n${table(["", "measured", "at least", "reached"], rows)}\n`;
}

function versionsTable(entry) {
  const rows = Object.entries({ ...entry.machine.packages, ...entry.machine.debian });
  const chromium = entry.machine.chromium ? [["Chromium", entry.machine.chromium]] : [];
  return `## Versions\n\n${table(["", ""], [...rows, ...chromium])}\n`;
}

export function writePage(folder) {
  const entryOf = (suite, set) => resultsOf(folder, suite).find((entry) => entry.set === set);
  const parts = [INTRODUCTION, barsTable(entryOf)];
  const plot = (name, chart) => {
    writeFileSync(join(folder, `${name}.svg`), drawLines(chart));
    return `![${chart.title}](${name}.svg)`;
  };
  let newest;
  for (const [suite, { title }] of Object.entries(SUITES)) {
    const entries = resultsOf(folder, suite);
    if (entries.length === 0) continue;
    parts.push(`## ${title}\n`);
    for (const text of SECTIONS[suite](suite, entries, plot)) parts.push(`${text}\n`);
    const measured = [...new Set(entries.map((entry) => `${entry.set}: ${machineOf(entry)}`))];
    parts.push(`${measured.map((line) => `*${line}*`).join("\n\n")}\n`);
    for (const { set, skipped } of entries) {
      for (const { id, reason } of skipped ?? [])
        parts.push(`**Not measured** on ${set}: ${id}: ${reason.split("\n")[0]}\n`);
    }
    newest = entries.reduce((a, b) => (a && a.machine.date > b.machine.date ? a : b), newest);
  }
  if (newest) parts.push(versionsTable(newest));
  writeFileSync(join(folder, "README.md"), `${parts.filter(Boolean).join("\n").trim()}\n`);
}
