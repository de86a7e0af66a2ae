// What the binary formats have in common: rows of numbers, all of the same size in the file.
import { DIMENSION_MAX } from "../../options.js";
import type { InputFile } from "../input_file.js";
import { badInput, type BatchLimits, type RowReader } from "./rows.js";

export interface RowLayout {
  /** Bytes before the first row. */
  start: number;
  /** Numbers a row. */
  dimension: number;
  /** Bytes a row, with everything. */
  rowBytes: number;
  /** Known beforehand if the file says it. */
  rowCount?: number;
  /** The numbers of one row. */
  decode(bytes: Buffer, where: string): Float32Array;
}

export function checkDimension(dimension: number, where: string): void {
  if (Number.isInteger(dimension) && dimension >= 1 && dimension <= DIMENSION_MAX) return;
  badInput(where, `it says that a vector has ${dimension} numbers, expected 1 to ${DIMENSION_MAX}`);
}

/** Reads rows to the end of the file, which must be the end of a row: of the last one, if their number is known. */
export async function* readBinaryRows(file: InputFile, layout: RowLayout, limits: BatchLimits): RowReader {
  const { start, rowBytes, rowCount } = layout;
  checkFileSize(file, layout);
  const batchRows = Math.max(1, Math.min(limits.rows, Math.floor(limits.bytes / rowBytes)));
  let done = 0;
  for (;;) {
    const bytes = await file.read(batchRows * rowBytes);
    const count = Math.floor(bytes.length / rowBytes);
    const rows = Array.from({ length: count }, (_, i) => {
      const where = `${file.name}, row ${done + i} (byte ${start + (done + i) * rowBytes})`;
      const vector = layout.decode(bytes.subarray(i * rowBytes, (i + 1) * rowBytes), where);
      const wrong = vector.findIndex((number) => !Number.isFinite(number));
      if (wrong >= 0) badInput(where, `number ${wrong} is ${vector[wrong]}, expected a finite 32-bit float`);
      return { vector };
    });
    // The size of a pipe shows only here.
    const left = bytes.length - count * rowBytes;
    if (left > 0) badInput(file.name, `it is cut: row ${done + count} has ${left} of ${rowBytes} bytes`);
    if (count > 0) yield { rows, where: `${file.name}, rows ${done} to ${done + count - 1}` };
    done += count;
    if (count < batchRows) break;
  }
  if (rowCount !== undefined && done !== rowCount)
    badInput(file.name, `it has ${done} rows, expected ${rowCount}`);
}

function checkFileSize(file: InputFile, { start, rowBytes, rowCount, dimension }: RowLayout): void {
  if (file.byteCount === undefined) return;
  const found = file.byteCount - start;
  if (rowCount !== undefined) {
    if (found === rowCount * rowBytes) return;
    badInput(
      file.name,
      `after its header it has ${found} bytes, expected ${rowCount * rowBytes} (${rowCount} rows of ${dimension} numbers)`,
    );
  }
  if (found % rowBytes === 0) return;
  badInput(
    file.name,
    `it has ${found} bytes, expected a multiple of ${rowBytes} (its first row has ${dimension} numbers): ` +
      `it is cut after row ${Math.floor(found / rowBytes) - 1}, or its rows differ in length`,
  );
}
