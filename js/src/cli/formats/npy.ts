import { describe } from "../../options.js";
import type { InputFile } from "../input_file.js";
import { checkDimension, readBinaryRows } from "./binary_rows.js";
import { badInput, type BatchLimits, type RowReader } from "./rows.js";

const MAGIC = "\x93NUMPY";
/** Magic, major and minor version. */
const PREFIX_BYTES = MAGIC.length + 2;
/** Only arrays of records, which this does not read, have longer ones. */
const HEADER_BYTES_MAX = 65_535;
/** So that a product with the bytes of a row stays exact. */
const ROW_COUNT_MAX = 2 ** 32;

// A copy is aligned, which a typed array needs and a part of a file is not.
const aligned = (bytes: Buffer): ArrayBuffer => Uint8Array.from(bytes).buffer;

const TYPES: Readonly<Record<string, { bytes: number; decode: (bytes: Buffer) => Float32Array }>> = {
  "<f8": { bytes: 8, decode: (bytes) => Float32Array.from(new Float64Array(aligned(bytes))) },
  "<f4": { bytes: 4, decode: (bytes) => new Float32Array(aligned(bytes)) },
  "<f2": { bytes: 2, decode: (bytes) => Float32Array.from(new Uint16Array(aligned(bytes)), halfToNumber) },
  "|u1": { bytes: 1, decode: (bytes) => Float32Array.from(bytes) },
  "|i1": { bytes: 1, decode: (bytes) => Float32Array.from(new Int8Array(aligned(bytes))) },
};

/** The number that 16 bits of IEEE 754 stand for. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * NumPy's format for one array, versions 1 to 3: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * The array has shape (n, d) and C order; its rows are the vectors.
 */
export async function* readNpy(file: InputFile, limits: BatchLimits): RowReader {
  const { headerBytes, type, rowCount, dimension } = await readHeader(file);
  const { bytes, decode } = TYPES[type]!;
  yield* readBinaryRows(
    file,
    { start: headerBytes, dimension, rowBytes: dimension * bytes, rowCount, decode },
    limits,
  );
}

async function readHeader(
  file: InputFile,
): Promise<{ headerBytes: number; type: string; rowCount: number; dimension: number }> {
  const where = `${file.name}, header`;
  const prefix = await file.read(PREFIX_BYTES);
  if (prefix.length < PREFIX_BYTES || prefix.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    badInput(file.name, "it does not begin as an .npy file does");
  }
  const [major, minor] = [prefix[MAGIC.length]!, prefix[MAGIC.length + 1]!];
  if (major < 1 || major > 3) badInput(where, `the format's version is ${major}.${minor}, expected 1 to 3`);

  const lengthBytes = major === 1 ? 2 : 4;
  const length = await file.read(lengthBytes);
  if (length.length < lengthBytes) badInput(where, "it is cut before its length");
  const size = length.readUIntLE(0, lengthBytes);
  if (size > HEADER_BYTES_MAX) badInput(where, `its length is ${size}, expected at most ${HEADER_BYTES_MAX}`);
  const header = await file.read(size);
  if (header.length < size) badInput(where, `it is cut: ${header.length} of ${size} bytes are there`);
  return { headerBytes: PREFIX_BYTES + lengthBytes + size, ...parseHeader(header.toString("latin1"), where) };
}

/** The header is a Python dictionary, which NumPy always writes in this form. */
function parseHeader(text: string, where: string): { type: string; rowCount: number; dimension: number } {
  const entry = (key: string, value: string): string => {
    const found = new RegExp(`'${key}'\\s*:\\s*(?:${value})`).exec(text)?.[1];
    return found ?? badInput(where, `it has no readable '${key}': ${describe(text.trim())}`);
  };
  const type = entry("descr", "'([^']*)'");
  if (!Object.hasOwn(TYPES, type)) {
    badInput(where, `the numbers have type '${type}', expected one of ${Object.keys(TYPES).join(", ")}`);
  }
  if (entry("fortran_order", "(True|False)") === "True") {
    badInput(where, "the array is in Fortran order, expected C order (numpy.ascontiguousarray makes it so)");
  }
  const shape = entry("shape", "\\(([0-9L, ]*)\\)");
  const sizes = shape
    .split(",")
    .map((size) => size.trim().replace(/L$/, ""))
    .filter((size) => size !== "")
    .map(Number);
  if (sizes.length !== 2)
    badInput(where, `the array has shape (${shape}), expected (rows, numbers of a row)`);
  const [rowCount, dimension] = sizes as [number, number];
  if (!(rowCount <= ROW_COUNT_MAX))
    badInput(where, `it says that there are ${rowCount} rows, at most ${ROW_COUNT_MAX} can be`);
  checkDimension(dimension, where);
  return { type, rowCount, dimension };
}
