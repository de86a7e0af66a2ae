import { tmpdir } from "node:os";
import { open } from "../../node/index.js";
import { UsageError, type Command, type CommandLine } from "../command.js";
import { printable, printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";
import { INDEXES, QUANTIZATIONS } from "../import/target.js";
import { candidates, type Candidate } from "../tune/candidates.js";
import { measure, type Measured, type MeasureOptions, type Truth } from "../tune/measure.js";
import { recipe, recommended, table } from "../tune/report.js";
import { ROWS_MIN, takeSample, type Sample } from "../tune/sample.js";

const RECALL_DEFAULT = 0.95;
const K_DEFAULT = 10;
const ROWS_DEFAULT = 50_000;
const QUERIES_DEFAULT = 200;

export const tuneCommand: Command = {
  name: "tune",
  summary: "measures indexes, quantizations and parameters on a collection's own vectors",
  usage: `usage: stratadb tune DIRECTORY COLLECTION [options] [--json]

Copies the collection's vectors into a scratch database, once for each candidate, builds its index and searches
further and further until the recall is reached. Prints what was measured, the ways that reach it marked *, and the
options of the fastest and of the smallest of these. The collection itself is only read.

  --recall R           share of the k nearest rows that searches must find, default ${RECALL_DEFAULT}
  -k N                 hits of a search, default ${K_DEFAULT}
  --queries FILE       vectors to search for: .fvecs, .bvecs, .npy, .jsonl or .csv; without it rows of the
                       collection, which are then left out of what is searched
  --query-count N      at most so many of them, default ${QUERIES_DEFAULT}
  --rows N             at most so many rows, drawn evenly, default ${ROWS_DEFAULT}; more take longer
  --index LIST         only these, with commas: ${INDEXES.join(",")}
  --quantization LIST  only these: ${QUANTIZATIONS.join(",")}
  --m LIST             links of a row that are tried for hnsw
  --scratch DIRECTORY  where the scratch database is, default ${tmpdir()}
  --memory             keep it in memory instead

Memory is what stays in memory for the index: codes and links, and for 'none' the vectors. Ctrl-C ends it and
removes the scratch database.`,
  positionals: ["DIRECTORY", "COLLECTION"],
  options: {
    recall: { type: "string" },
    k: { type: "string", short: "k" },
    queries: { type: "string" },
    "query-count": { type: "string" },
    rows: { type: "string" },
    index: { type: "string" },
    quantization: { type: "string" },
    m: { type: "string" },
    scratch: { type: "string" },
    memory: { type: "boolean" },
  },
  async run(line, signal) {
    const json = line.flag("json");
    const recall = line.number("recall") ?? RECALL_DEFAULT;
    if (!(recall > 0 && recall <= 1))
      throw new UsageError(`--recall must be above 0 and at most 1, found ${recall}`);
    const k = line.integer("k", 1) ?? K_DEFAULT;
    if (k > ROWS_MIN) throw new UsageError(`-k must be at most ${ROWS_MIN}`);
    const tried = candidates({
      indexes: listOf(line, "index", INDEXES),
      quantizations: listOf(line, "quantization", QUANTIZATIONS),
      links: line.text("m")?.split(",").map(linkCount),
      k,
      recall,
    });
    if (tried.length === 0)
      throw new UsageError("flat with sq8 is an exact scan: measure it as flat with none");
    if (line.flag("memory") && line.text("scratch") !== undefined)
      throw new UsageError("--memory and --scratch exclude each other");

    const name = line.at("COLLECTION");
    const bar = new ProgressBar("tune", json);
    const { options, sample } = await readSample(line, name, bar, signal);
    const scratch = line.flag("memory") ? undefined : (line.text("scratch") ?? tmpdir());
    const measured = await measureAll(tried, sample, bar, {
      metric: options.metric,
      k,
      recall,
      scratch,
      signal,
    });
    const best = recommended(measured);
    const { dimension, rowCount, queryCount } = sample;
    if (json) {
      printJson({
        collection: name,
        dimension,
        metric: options.metric,
        rows: rowCount,
        queries: queryCount,
        k,
        recall,
        measured,
        ...best,
      });
      return 0;
    }
    const source = line.text("queries") === undefined ? "other rows" : "given queries";
    console.log(
      `'${printable(name)}': ${rowCount} rows of ${dimension} dimensions, ${options.metric}; ` +
        `${queryCount} ${source}; wanted: recall@${k} of ${recall}\n`,
    );
    console.log(table(measured));
    for (const [what, one] of Object.entries(best))
      console.log(`\n${what}:\n${recipe(one, name, options, k)}`);
    if (!best.fastest) console.log(`\nnone of these reaches a recall of ${recall}`);
    return 0;
  },
};

async function readSample(line: CommandLine, name: string, bar: ProgressBar, signal: AbortSignal) {
  await using db = await open(line.at("DIRECTORY"), { readOnly: true });
  const collection = await db.collection(name);
  const sample = await takeSample(collection, {
    rows: line.integer("rows", ROWS_MIN) ?? ROWS_DEFAULT,
    queries: line.integer("query-count", 1) ?? QUERIES_DEFAULT,
    queryFile: line.text("queries"),
    signal,
    onProgress: (done) => bar.update(undefined, `reading, ${Math.floor(100 * done)}%`),
  });
  return { options: collection.options, sample };
}

async function measureAll(
  tried: readonly Candidate[],
  sample: Sample,
  bar: ProgressBar,
  options: Omit<MeasureOptions, "onProgress">,
): Promise<Measured[]> {
  const all: Measured[] = [];
  let truth: Truth | undefined;
  try {
    for (const [i, candidate] of tried.entries()) {
      const note = `${candidate.index.type}, ${candidate.quantization}`;
      const onProgress = (done: number): void => bar.update((i + done) / tried.length, note);
      onProgress(0);
      const found = await measure(candidate, sample, truth, { ...options, onProgress });
      truth = found.truth;
      all.push(...found.measured);
    }
  } finally {
    bar.end();
  }
  return all;
}

/** An option that is some of `choices`, with commas between them. */
function listOf<T extends string>(line: CommandLine, name: string, choices: readonly T[]): T[] | undefined {
  return line
    .text(name)
    ?.split(",")
    .map((word) => {
      const found = choices.find((choice) => choice === word.trim());
      if (found === undefined)
        throw new UsageError(`--${name} takes some of ${choices.join(",")}; found '${word}'`);
      return found;
    });
}

function linkCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 2 && count <= 128) return count;
  throw new UsageError(`--m takes integers from 2 to 128, with commas; found '${text}'`);
}
