import { StrataError, throwIfAborted, toStrataError } from "./errors.js";
import type { Collection } from "./collection.js";
import type { Database } from "./database.js";
import { byteLines, ExportLines, LineReader } from "./transfer_lines.js";
import type { CollectionConfig, CollectionOptions, WorkOptions } from "./options.js";
import { tellDone, tellProgress } from "./progress.js";
import type { RecordInput } from "./records.js";

/** What `import()` stored. */
export interface ImportSummary {
  collections: number;
  records: number;
}

// The lines of docs/formats/export.md.
interface HeaderLine {
  strata: "export";
  version: number;
  collections: number;
}
interface CollectionLine {
  collection: string;
  options: CollectionOptions;
  records: number;
}
type RecordLine = Pick<RecordInput, "id" | "metadata" | "text"> & { vector?: string };
interface CheckLine {
  /** CRC-32 of all bytes since the last check line or the beginning, as 8 hexadecimal digits. */
  check: string;
}
interface EndLine {
  end: number;
}

const VERSION = 1;
/** Records between two check lines; also what is stored at once. */
const RECORDS_PER_CHECK = 256;

export async function exportDatabase(
  db: Database,
  writable: WritableStream<Uint8Array>,
  { signal, onProgress }: WorkOptions,
): Promise<void> {
  const writer = writable.getWriter();
  const lines = new ExportLines((bytes) => writer.write(bytes));
  try {
    const names = await db.collections();
    lines.add({ strata: "export", version: VERSION, collections: names.length } satisfies HeaderLine);
    let total = 0;
    for (const [i, name] of names.entries()) {
      total += await exportCollection(await db.collection(name), lines, (done) => {
        throwIfAborted(signal);
        tellProgress(onProgress, (i + done) / names.length);
      });
    }
    lines.add({ end: total } satisfies EndLine);
    await lines.check();
    await writer.close();
    tellDone(onProgress);
  } catch (error) {
    await writer.abort(error).catch(() => {}); // The first failure is the one to tell.
    throw toStrataError(error);
  }
}

/** Adds a collection and its records, as they are now, and answers with their number. */
async function exportCollection(
  collection: Collection,
  lines: ExportLines,
  onProgress: (done: number) => void,
): Promise<number> {
  // Not `await using`: what that becomes in today's browsers is larger than this function.
  const snapshot = await collection.snapshot();
  try {
    const records = await snapshot.count();
    const { name, options } = collection;
    lines.add({ collection: name, options, records } satisfies CollectionLine);
    let done = 0;
    for await (const { id, vector, metadata, text } of snapshot.scan()) {
      lines.add({ id, vector: vector && base64(vector), metadata, text });
      if (++done % RECORDS_PER_CHECK !== 0) continue;
      await lines.check();
      onProgress(done / records);
    }
    await lines.check();
    return done;
  } finally {
    await snapshot.close();
  }
}

export async function importDatabase(
  db: Database,
  readable: ReadableStream<Uint8Array>,
  { signal, onProgress }: WorkOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = { collections: 0, records: 0 };
  const reader = new LineReader();
  let header: HeaderLine | null = null;
  let current: { line: CollectionLine; done: number } | null = null;
  let unchecked: RecordLine[] = [];
  let waiting: CollectionLine | EndLine | null = null;
  let ended = false;

  const store = async (): Promise<void> => {
    if (waiting && "collection" in waiting) {
      current = { line: waiting, done: 0 };
      await db.collection(waiting.collection, configOf(waiting.options));
      summary.collections++;
    } else if (waiting) {
      if (waiting.end !== summary.records)
        reader.fail(`it ends after ${summary.records} records, expected ${waiting.end}`);
      ended = true;
    }
    waiting = null;
    if (unchecked.length === 0) return;
    if (!current) return reader.fail("a record stands before the first collection");
    const records = unchecked.map((line) => recordOf(line, reader));
    unchecked = [];
    await (await db.collection(current.line.collection)).upsert(records);
    summary.records += records.length;
    current.done += records.length;
    const share = current.line.records > 0 ? Math.min(1, current.done / current.line.records) : 1;
    tellProgress(onProgress, (summary.collections - 1 + share) / Math.max(1, header?.collections ?? 1));
  };

  for await (const bytes of byteLines(readable, signal)) {
    if (ended) reader.fail("something follows the end");
    const line = reader.read(bytes);
    if (!header) {
      header = checkHeader(line, reader);
    } else if (typeof line.check === "string") {
      reader.check((line as unknown as CheckLine).check);
      await store();
      throwIfAborted(signal);
    } else if ("collection" in line || "end" in line) {
      if (waiting || unchecked.length > 0) reader.fail("a check line is missing");
      waiting = line as unknown as CollectionLine | EndLine;
    } else {
      // Records of a collection whose line has not been checked yet: it is checked with them.
      unchecked.push(line as unknown as RecordLine);
    }
  }
  if (!ended) reader.fail("it ends too early");
  tellDone(onProgress);
  return summary;
}

function checkHeader(line: Record<string, unknown>, reader: LineReader): HeaderLine {
  if (line.strata !== "export") reader.fail("this is not an export of Strata");
  if (line.version !== VERSION) {
    throw new StrataError(
      "UNSUPPORTED_FORMAT",
      `this export has version ${String(line.version)}, known is ${VERSION}`,
    );
  }
  return line as unknown as HeaderLine;
}

const configOf = (options: CollectionOptions): CollectionConfig => ({ ...options });

function base64(vector: Float32Array): string {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  let text = "";
  // As many arguments as every engine takes.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function recordOf({ vector, ...rest }: RecordLine, reader: LineReader): RecordInput {
  if (vector === undefined) return rest;
  let text = "";
  try {
    text = atob(vector);
  } catch {
    reader.fail("a vector is not base64");
  }
  if (text.length % 4 !== 0) reader.fail("a vector is not made of 32-bit numbers");
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return { ...rest, vector: new Float32Array(bytes.buffer) };
}
