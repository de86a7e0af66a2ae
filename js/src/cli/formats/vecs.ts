import type { InputFile } from "../input_file.js";
import { checkDimension, readBinaryRows } from "./binary_rows.js";
import { badInput, type BatchLimits, type RowReader } from "./rows.js";

const LENGTH_BYTES = 4;

const NUMBERS = {
  fvecs: {
    bytes: 4,
    decode: (bytes: Buffer): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer),
  },
  bvecs: { bytes: 1, decode: (bytes: Buffer): Float32Array => Float32Array.from(bytes) },
} as const;

/**
 * The vector files of http://corpus-texmex.irisa.fr/: every row is its length as a little-endian int32, then so many
 * float32 (fvecs) or unsigned bytes (bvecs). All rows of a file have one length.
 */
export async function* readVecs(file: InputFile, kind: keyof typeof NUMBERS, limits: BatchLimits): RowReader {
  const head = await file.peek(LENGTH_BYTES);
  if (head.length === 0) return;
  if (head.length < LENGTH_BYTES)
    badInput(file.name, `it has ${head.length} bytes, expected at least ${LENGTH_BYTES}`);
  const dimension = head.readInt32LE();
  checkDimension(dimension, `${file.name}, row 0`);
  const numbers = NUMBERS[kind];
  yield* readBinaryRows(
    file,
    {
      start: 0,
      dimension,
      rowBytes: LENGTH_BYTES + dimension * numbers.bytes,
      decode(bytes, where) {
        const found = bytes.readInt32LE();
        if (found !== dimension)
          badInput(where, `it has ${found} numbers, expected ${dimension} as in row 0`);
        return numbers.decode(bytes.subarray(LENGTH_BYTES));
      },
    },
    limits,
  );
}
