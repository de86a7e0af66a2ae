import { StrataError } from "./errors.js";
import { describe } from "./options.js";

/** What is accepted as a vector, or as several of them one after the other. Stored and compared as 32-bit floats. */
export type VectorInput = Float32Array | Float64Array | readonly number[];

const isNumbers = (value: unknown): value is VectorInput =>
  value instanceof Float32Array || value instanceof Float64Array || Array.isArray(value);

/**
 * Throws `INVALID_ARGUMENT` unless `vector` is an array of `length` numbers. That they are finite, and not all zero
 * under cosine, is for the engine to check.
 */
export function checkVector(vector: unknown, length: number, where: string): asserts vector is VectorInput {
  if (!isNumbers(vector)) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `${where} must be a Float32Array, a Float64Array or an array of numbers, found ${describe(vector)}`,
    );
  }
  if (vector.length !== length) {
    throw new StrataError("INVALID_ARGUMENT", `${where} has ${vector.length} numbers, expected ${length}`);
  }
}

/**
 * Copies `vector` to `into` at `offset`. `INVALID_ARGUMENT` names the first place of an array that holds no number, or
 * a number that is finite only in 64 bits.
 */
export function copyVector(vector: VectorInput, into: Float32Array, offset: number, where: string): void {
  into.set(vector, offset);
  if (vector instanceof Float32Array) return;
  for (let i = 0; i < vector.length; i++) {
    const value: unknown = vector[i];
    if (typeof value !== "number") {
      throw new StrataError("INVALID_ARGUMENT", `${where}[${i}] is ${describe(value)}, expected a number`);
    }
    if (Number.isFinite(value) && !Number.isFinite(into[offset + i])) {
      throw new StrataError(
        "INVALID_ARGUMENT",
        `${where}[${i}] is ${value}, which a 32-bit float cannot hold`,
      );
    }
  }
}

/** `vector` as a Float32Array of `length`: itself if it is one. */
export function asFloat32(vector: unknown, length: number, where: string): Float32Array {
  checkVector(vector, length, where);
  if (vector instanceof Float32Array) return vector;
  const copy = new Float32Array(length);
  copyVector(vector, copy, 0, where);
  return copy;
}
