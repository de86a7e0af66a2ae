import { StrataError, throwIfAborted } from "./errors.js";
import { nextTurn } from "./engine/next_turn.js";
import { checkId, isWellFormed } from "./ids.js";
import { metadataText } from "./metadata.js";
import { describe, type WriteOptions } from "./options.js";
import { tellProgress } from "./progress.js";
import type { RecordColumns, RecordInput } from "./records.js";
import { asFloat32, checkVector, copyVector } from "./vectors.js";
import { BatchWriter, type OpKind } from "./wire/batch.js";

/** A batch that is ready to be sent. */
export interface PackedBatch {
  head: Uint8Array<ArrayBuffer>;
  vectors?: Float32Array;
}

/** Records packed between two looks at the signal. */
const RECORDS_PER_TURN = 2048;
const RECORD_FIELDS: ReadonlySet<string> = new Set(["id", "vector", "metadata", "text"]);
const COLUMNS: ReadonlySet<string> = new Set(["ids", "vectors", "metadata", "texts"]);

const invalid = (message: string): StrataError => new StrataError("INVALID_ARGUMENT", message);

/**
 * Checks and packs records for one write. Without progress or signal everything is read before this returns; with
 * either it pauses every few thousand records, so that the signal can fire. Nothing has been written if it throws.
 */
export function packRecords(
  kind: OpKind,
  dimension: number,
  records: readonly RecordInput[] | RecordColumns,
  options: WriteOptions = {},
): PackedBatch | Promise<PackedBatch> {
  const packing = Array.isArray(records)
    ? packRows(kind, dimension, records as readonly RecordInput[])
    : packColumns(kind, dimension, records as RecordColumns);
  return options.signal || options.onProgress ? packInTurns(packing, options) : packAtOnce(packing);
}

/** Yields the part done, in [0, 1], every RECORDS_PER_TURN records. */
type Packing = Generator<number, PackedBatch>;

function packAtOnce(packing: Packing): PackedBatch {
  for (;;) {
    const step = packing.next();
    if (step.done) return step.value;
  }
}

async function packInTurns(packing: Packing, { signal, onProgress }: WriteOptions): Promise<PackedBatch> {
  for (;;) {
    throwIfAborted(signal);
    const step = packing.next();
    if (step.done) return step.value;
    // Applying the batch is the other half, and cannot be stopped.
    tellProgress(onProgress, step.value / 2);
    await new Promise<void>((resolve) => nextTurn(resolve));
  }
}

function* packRows(kind: OpKind, dimension: number, records: readonly RecordInput[]): Packing {
  const batch = new BatchWriter(64 * Math.min(records.length, RECORDS_PER_TURN));
  const withVector = records.reduce((n, record) => n + (hasVector(record) ? 1 : 0), 0);
  const vectors = new Float32Array(withVector * dimension);
  for (let i = 0; i < records.length; i++) {
    if (i > 0 && i % RECORDS_PER_TURN === 0) yield i / records.length;
    packRecord(batch, kind, dimension, records[i], `record ${i}`, vectors);
  }
  return { head: batch.finish(), vectors };
}

const hasVector = (record: unknown): boolean =>
  (record as RecordInput | null | undefined)?.vector !== undefined;

/** Appends one op, and its vector to `vectors`. */
export function packRecord(
  batch: BatchWriter,
  kind: OpKind,
  dimension: number,
  record: unknown,
  where: string,
  vectors: Float32Array,
): void {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw invalid(`${where} must be an object with an id, found ${describe(record)}`);
  }
  for (const key in record) {
    if (!RECORD_FIELDS.has(key)) {
      throw invalid(`${where} has a field ${describe(key)}; a record has id, vector, metadata and text`);
    }
  }
  const { id, vector, metadata, text } = record as RecordInput;
  checkId(id, where);
  if (text !== undefined) checkText(text, where);
  const json = metadata === undefined ? undefined : metadataText(metadata, where);
  let length = 0;
  if (vector !== undefined) {
    checkVector(vector, dimension, `${where}: vector`);
    copyVector(vector, vectors, batch.floatCount, `${where}: vector`);
    length = dimension;
  }
  batch.op(kind, id, length, json, text);
}

function* packColumns(kind: OpKind, dimension: number, columns: RecordColumns): Packing {
  if (typeof columns !== "object" || columns === null || !Array.isArray(columns.ids)) {
    throw invalid(
      `records must be an array, or an object with ids, vectors, metadata, texts; found ${describe(columns)}`,
    );
  }
  for (const key of Object.keys(columns)) {
    if (!COLUMNS.has(key)) {
      throw invalid(`records has a column ${describe(key)}; there are ids, vectors, metadata and texts`);
    }
  }
  const { metadata, texts } = columns;
  const ids: readonly unknown[] = columns.ids;
  const count = ids.length;
  checkColumn("metadata", metadata, count);
  checkColumn("texts", texts, count);
  const vectors =
    columns.vectors === undefined ? undefined : asFloat32(columns.vectors, count * dimension, "vectors");
  const batch = new BatchWriter(64 * Math.min(count, RECORDS_PER_TURN));
  for (let i = 0; i < count; i++) {
    if (i > 0 && i % RECORDS_PER_TURN === 0) yield i / count;
    const where = `record ${i}`;
    const id = ids[i];
    checkId(id, where);
    const text = texts?.[i];
    if (text !== undefined) checkText(text, where);
    const object = metadata?.[i];
    const json = object === undefined ? undefined : metadataText(object, where);
    batch.op(kind, id, vectors ? dimension : 0, json, text);
  }
  return { head: batch.finish(), ...(vectors ? { vectors } : {}) };
}

function checkColumn(name: string, column: unknown, count: number): void {
  if (column === undefined) return;
  if (!Array.isArray(column)) throw invalid(`${name} must be an array, found ${describe(column)}`);
  if (column.length !== count)
    throw invalid(`${name} has ${column.length} entries, expected one for each of ${count} ids`);
}

export function checkText(text: unknown, where: string): asserts text is string {
  if (typeof text !== "string") throw invalid(`${where}: text must be a string, found ${describe(text)}`);
  if (!isWellFormed(text)) throw invalid(`${where}: text holds half of a surrogate pair`);
}
