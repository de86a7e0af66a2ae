import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { describe } from "../../options.js";
import type { InputFile } from "../input_file.js";
import { isInteger, parseId, parseVector } from "../text_values.js";
import {
  badInput,
  BatchCutter,
  OneDimension,
  type BatchLimits,
  type FieldNames,
  type Row,
  type RowReader,
} from "./rows.js";

/** Bytes of one record. */
const RECORD_BYTES_MAX = 16 * 2 ** 20;
const DIGITS = /^-?\d+$/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

export interface CsvOptions {
  fields: FieldNames;
  /** Columns that must be there, because somebody asked for them by name. */
  wanted: readonly string[];
  /** An id of digits is a string, too. */
  stringIds: boolean;
}

interface CsvRecord {
  record: string[];
  info: { lines: number; bytes: number };
}

/**
 * CSV (RFC 4180) with a header. The vector's column holds a JSON array or numbers with spaces or semicolons between
 * them; all columns but id, vector and text are metadata. Empty cells are absent; 12, -0.5, 1e3, true and false are
 * what they look like, 007 is a text.
 */
export async function* readCsv(file: InputFile, options: CsvOptions, limits: BatchLimits): RowReader {
  const cutter = new BatchCutter(file.name, limits);
  const dimension = new OneDimension();
  let header: string[] | undefined;
  let lastLine = 0;
  let bytesBefore = 0;
  for await (const { record, info } of recordsOf(file)) {
    const where = `${file.name}, line ${info.lines}`;
    lastLine = info.lines;
    if (!header) {
      header = record;
      checkHeader(header, options.wanted, where);
      continue;
    }
    const row = rowOf(header, record, options, where);
    if (row.vector) dimension.check(row.vector.length, where);
    const batch = cutter.add(row, info.bytes - bytesBefore, info.lines);
    bytesBefore = info.bytes;
    if (batch) yield batch;
  }
  const batch = cutter.rest(lastLine);
  if (batch) yield batch;
}

async function* recordsOf(file: InputFile): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: RECORD_BYTES_MAX,
  });
  // A failure of any part ends the parser, and so the loop.
  pipeline(Readable.from(textOf(file)), parser, () => {});
  try {
    for await (const record of parser) yield record as CsvRecord;
  } catch (error) {
    if (error instanceof CsvError) badInput(file.name, error.message);
    throw error;
  }
}

// csv-parse would put U+FFFD where bytes are not UTF-8.
async function* textOf(file: InputFile): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of file.chunks()) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError)
      badInput(file.name, `it is not UTF-8, somewhere before byte ${file.bytesDone}`);
    throw error;
  }
}

function checkHeader(header: readonly string[], wanted: readonly string[], where: string): void {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) badInput(where, `two columns are named ${describe(twice)}`);
  const missing = wanted.find((name) => !header.includes(name));
  if (missing !== undefined) {
    badInput(where, `there is no column ${describe(missing)}; there are ${header.map(describe).join(", ")}`);
  }
}

function rowOf(
  header: readonly string[],
  cells: readonly string[],
  { fields, stringIds }: CsvOptions,
  where: string,
): Row {
  const row: Row = {};
  const metadata: [string, string | number | boolean][] = [];
  for (const [i, cell] of cells.entries()) {
    const name = header[i]!;
    if (cell === "") continue;
    if (name === fields.id) {
      row.id = parseId(cell, stringIds);
    } else if (name === fields.vector) {
      row.vector =
        parseVector(cell) ?? badInput(where, `${describe(name)} must be numbers, found ${describe(cell)}`);
    } else if (name === fields.text) {
      row.text = cell;
    } else {
      metadata.push([name, valueOf(cell)]);
    }
  }
  if (metadata.length > 0) row.metadata = Object.fromEntries(metadata); // Also right for a column "__proto__".
  return row;
}

function valueOf(cell: string): string | number | boolean {
  if (cell === "true" || cell === "false") return cell === "true";
  const isNumber = NUMBER.test(cell) && Number.isFinite(Number(cell));
  // An integer that a double would round is an identifier, not a quantity.
  return isNumber && (!DIGITS.test(cell) || isInteger(cell)) ? Number(cell) : cell;
}
