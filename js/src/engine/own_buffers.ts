/**
 * `args`, with a copy in place of every array that is only a part of its buffer. Structured clone copies the whole buffer
 * under an array: for one query out of a matrix of queries that would be the matrix, with each message.
 */
export const withOwnBuffers = <T extends object>(args: T): T =>
  copying(args, (array) => array.byteLength < array.buffer.byteLength);

/** `args`, with a copy in place of every array, so that the caller may change what it has given. */
export const withCopies = <T extends object>(args: T): T => copying(args, () => true);

function copying<T extends object>(args: T, wanted: (array: Float32Array | Uint8Array) => boolean): T {
  const copied = Object.entries(args).filter(
    (entry): entry is [string, Float32Array | Uint8Array] => isArray(entry[1]) && wanted(entry[1]),
  );
  if (copied.length === 0) return args;
  return { ...args, ...Object.fromEntries(copied.map(([name, array]) => [name, array.slice()])) };
}

const isArray = (value: unknown): value is Float32Array | Uint8Array =>
  value instanceof Float32Array || value instanceof Uint8Array;
