import type { Database } from "../../database.js";
import { open } from "../../node/index.js";
import { UsageError, type Command, type CommandLine } from "../command.js";
import { formatOf, FORMATS } from "../formats/formats.js";
import { ImportFiles, type ImportRequest, type RecordBatch } from "../import/import_files.js";
import { storeBatches, type Stored } from "../import/store.js";
import { COLLECTION_OPTIONS, COLLECTION_USAGE, openTarget, wantedCollection } from "../import/target.js";
import { TextVectors } from "../import/text_vectors.js";
import { importWholeDatabase } from "../import/whole_database.js";
import { printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";

const BATCH_RECORDS = 1000;
/** More records, or larger ones, in one batch would cost memory and save nothing. */
const BATCH_RECORDS_MAX = 100_000;
const BATCH_BYTES_MAX = 32 * 2 ** 20;
/** An import of more records than this builds the index at once; searching fewer without one takes milliseconds. */
const COMPACTED_BEYOND = 10_000;

export const importCommand: Command = {
  name: "import",
  summary: "records from files: JSONL, .npy, .fvecs, .bvecs, CSV; or an export",
  usage: `usage: stratadb import DIRECTORY COLLECTION FILE... [options] [--json]
       stratadb import DIRECTORY FILE             FILE is what \`stratadb export\` wrote

FILE - is stdin. Records replace those of the same id. A record without an id gets its number, from 0 over all
files. The collection is made if it is not there, for vectors as long as the first.

  --format ${FORMATS.join("|")}   default: by the file's name
  --id-field NAME              default id        (JSONL member or CSV column)
  --vector-field NAME          default vector
  --text-field NAME            default text
  --string-ids                 ids in CSV are strings even if they look like numbers
  --metadata FILE.jsonl        for .npy, .fvecs, .bvecs: line i tells id, text and metadata of row i
  --embed lsa                  makes vectors for texts without one; the model is trained on these texts
                               and stored, and \`stratadb search --text\` uses it
  --batch N                    records stored at once, all or none; default ${BATCH_RECORDS}
  --compact, --no-compact      merge and index at the end; default from ${COMPACTED_BEYOND} records on

If there is no collection yet:

${COLLECTION_USAGE}

Ctrl-C stops after the batch under way; what was stored stays.`,
  positionals: ["DIRECTORY", "[COLLECTION]", "FILE..."],
  options: {
    format: { type: "string" },
    "id-field": { type: "string" },
    "vector-field": { type: "string" },
    "text-field": { type: "string" },
    "string-ids": { type: "boolean" },
    metadata: { type: "string" },
    embed: { type: "string" },
    batch: { type: "string" },
    compact: { type: "boolean" },
    "no-compact": { type: "boolean" },
    ...COLLECTION_OPTIONS,
  },
  async run(line, signal) {
    const json = line.flag("json");
    const name = line.optional("COLLECTION");
    if (line.flag("compact") && line.flag("no-compact"))
      throw new UsageError("--compact and --no-compact exclude each other");
    if (name === undefined) {
      await importWholeDatabase(line.at("DIRECTORY"), line.at("FILE"), { json, signal });
      return 0;
    }
    const request = importRequest(line);
    const wanted = wantedCollection(line);
    const embeds = line.choice("embed", ["lsa"]) !== undefined;
    const files = await ImportFiles.open(request);
    try {
      // Before the database is opened: a file that is no good makes none.
      const batches = await started(files.batches());
      await using db = await open(line.at("DIRECTORY"));
      const learning = new ProgressBar("train", json);
      const training = { signal, onProgress: (done: number) => learning.update(done) };
      const texts = embeds ? await TextVectors.open(db, name, request, training) : undefined;
      learning.end();
      const bar = new ProgressBar("import", json);
      const stored = await storeBatches(files, batches, {
        target: ({ records }) => openTarget(db, name, texts?.dimension ?? dimensionOf(records), wanted),
        prepare: texts && (({ records }) => texts.fill(records)),
        bar,
        signal,
      });
      await db.flush();
      const compacted =
        line.flag("compact") || (!line.flag("no-compact") && stored.records > COMPACTED_BEYOND);
      if (compacted) await compact(db, new ProgressBar("index", json), signal);
      report(name, stored, { json, compacted, texts });
    } finally {
      files.close();
    }
    return 0;
  },
};

async function compact(db: Database, bar: ProgressBar, signal: AbortSignal): Promise<void> {
  await db.compact({ signal, onProgress: (done) => bar.update(done) });
  bar.end();
}

function importRequest(line: CommandLine): ImportRequest {
  const format = line.choice("format", FORMATS);
  const given = [line.text("id-field"), line.text("vector-field"), line.text("text-field")];
  const request: ImportRequest = {
    files: line.all("FILE").map((path) => ({ path, format: format ?? formatOf(path) })),
    fields: { id: given[0] ?? "id", vector: given[1] ?? "vector", text: given[2] ?? "text" },
    wanted: given.filter((name) => name !== undefined),
    stringIds: line.flag("string-ids"),
    limits: { rows: line.integer("batch", 1) ?? BATCH_RECORDS, bytes: BATCH_BYTES_MAX },
  };
  if (request.limits.rows > BATCH_RECORDS_MAX)
    throw new UsageError(`--batch must be at most ${BATCH_RECORDS_MAX}`);
  const metadata = line.text("metadata");
  if (metadata !== undefined) {
    const [first, second] = request.files;
    if (second || !first || first.format === "jsonl" || first.format === "csv") {
      throw new UsageError("--metadata goes with one FILE of vectors: .npy, .fvecs or .bvecs");
    }
    request.metadataPath = metadata;
  }
  return request;
}

/** `batches`, with the first read already, so that its failure is known. */
async function started<T>(
  batches: AsyncGenerator<T, void, undefined>,
): Promise<AsyncGenerator<T, void, undefined>> {
  const first = await batches.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* batches;
  })();
}

function dimensionOf(records: RecordBatch["records"]): number {
  return records.find(({ vector }) => vector !== undefined)?.vector?.length ?? 0;
}

function report(
  name: string,
  { collection, records, vectors, seconds }: Stored,
  { json, compacted, texts }: { json: boolean; compacted: boolean; texts: TextVectors | undefined },
): void {
  if (json) {
    const embedded = texts && { trained: texts.trained, unknownTexts: texts.unknown };
    const options = collection && {
      dimension: collection.options.dimension,
      metric: collection.options.metric,
    };
    printJson({ collection: name, ...options, records, vectors, seconds, compacted, embedded });
    return;
  }
  const rate = seconds > 0 ? `, ${Math.round(records / seconds)} a second` : "";
  console.log(
    `stored ${records} records, ${vectors} with a vector, in '${name}' in ${seconds.toFixed(1)} s${rate}`,
  );
  if (texts?.unknown) {
    console.error(`note: ${texts.unknown} texts hold no word that the model knows: they have no vector`);
  }
  if (texts?.retrainAdvised) {
    console.error("note: the model knows few words of these texts; one trained on them would find more");
  }
  if (!compacted && vectors > 0 && collection?.options.index.type !== "flat") {
    console.error(
      "note: the index grows only while a program has the database open; `stratadb compact` builds it now. " +
        "Until then searches compare with every record.",
    );
  }
}
