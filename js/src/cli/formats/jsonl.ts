import { Readable } from "node:stream";
import { StrataError } from "../../errors.js";
import { checkId } from "../../ids.js";
import { describe } from "../../options.js";
import { byteLines } from "../../transfer_lines.js";
import type { VectorInput } from "../../vectors.js";
import { checkText } from "../../write_batch.js";
import type { InputFile } from "../input_file.js";
import {
  badInput,
  BatchCutter,
  OneDimension,
  type BatchLimits,
  type FieldNames,
  type Row,
  type RowReader,
} from "./rows.js";

/** The member that, where it is there, is the whole metadata. */
const METADATA = "metadata";
const NEWLINE = 10;

/**
 * JSON Lines: one object a line with an id, a vector, a text and metadata, each of which may be absent. Without a member
 * `metadata`, all other members are the metadata. Empty lines are skipped.
 */
export async function* readJsonLines(file: InputFile, fields: FieldNames, limits: BatchLimits): RowReader {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const cutter = new BatchCutter(file.name, limits);
  const dimension = new OneDimension();
  let number = 0;
  for await (const bytes of linesOf(file)) {
    number++;
    const where = `${file.name}, line ${number}`;
    let value: unknown;
    try {
      const text = decoder.decode(bytes);
      if (text.trim() === "") continue;
      value = JSON.parse(text);
    } catch (error) {
      badInput(where, `it is not JSON: ${(error as Error).message}`);
    }
    const row = rowOf(value, fields, where);
    if (row.vector) dimension.check(row.vector.length, where);
    const batch = cutter.add(row, bytes.length, number);
    if (batch) yield batch;
  }
  const batch = cutter.rest(number);
  if (batch) yield batch;
}

async function* linesOf(file: InputFile): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* byteLines(
      Readable.toWeb(Readable.from(withLastNewline(file))) as ReadableStream<Uint8Array>,
      undefined,
    );
  } catch (error) {
    // A line of excessive length: damage in a stream of ours, a wrong file here.
    if (error instanceof StrataError && error.code === "CORRUPTION") badInput(file.name, error.message);
    throw error;
  }
}

// Only exports promise a newline at their end.
async function* withLastNewline(file: InputFile): AsyncGenerator<Buffer, void, undefined> {
  let last = NEWLINE;
  for await (const chunk of file.chunks()) {
    last = chunk.at(-1) ?? last;
    yield chunk;
  }
  if (last !== NEWLINE) yield Buffer.of(NEWLINE);
}

function rowOf(value: unknown, fields: FieldNames, where: string): Row {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    badInput(where, `it must be an object, found ${describe(value)}`);
  }
  const members = new Map<string, unknown>(Object.entries(value));
  if (members.get("strata") === "export") {
    badInput(where, "this is an export of a whole database: import it without naming a collection");
  }
  const take = (name: string): unknown => {
    const member = members.get(name);
    members.delete(name);
    return member ?? undefined; // JSON has no undefined; null says the same.
  };
  const row: Row = {};
  if (members.has(fields.id)) {
    const id = take(fields.id);
    checkId(id, where);
    row.id = id;
  }
  const vector = take(fields.vector);
  if (vector !== undefined) row.vector = vectorOf(vector, `${where}: ${describe(fields.vector)}`);
  const text = take(fields.text);
  if (text !== undefined) {
    checkText(text, where);
    row.text = text;
  }
  const metadata = take(METADATA);
  if (metadata === undefined) {
    if (members.size > 0) row.metadata = Object.fromEntries(members); // Also right for a member "__proto__".
  } else if (typeof metadata !== "object" || Array.isArray(metadata)) {
    badInput(where, `'metadata' must be an object, found ${describe(metadata)}`);
  } else if (members.size > 0) {
    badInput(
      where,
      `beside 'metadata' stands ${[...members.keys()].map(describe).join(", ")}, which belongs into it`,
    );
  } else {
    row.metadata = metadata as object;
  }
  return row;
}

function vectorOf(value: unknown, where: string): VectorInput {
  if (!Array.isArray(value) || value.length === 0)
    badInput(where, `must be an array of numbers, found ${describe(value)}`);
  const wrong = value.findIndex(
    (number) => typeof number !== "number" || !Number.isFinite(Math.fround(number)),
  );
  if (wrong >= 0) badInput(where, `number ${wrong} is ${describe(value[wrong])}, expected a 32-bit float`);
  return value as number[];
}
