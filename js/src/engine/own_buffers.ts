/**
 * `args`, with a copy in place of every array that is only a part of its buffer. Structured clone copies the whole buffer
 * under an array: for one query out of a matrix of queries that would be the matrix, with each message.
 */
export function withOwnBuffers<T extends object>(args: T): T {
  const partial = Object.entries(args).filter(
    (entry): entry is [string, Float32Array | Uint8Array] =>
      isArray(entry[1]) && entry[1].byteLength < entry[1].buffer.byteLength,
  );
  if (partial.length === 0) return args;
  return { ...args, ...Object.fromEntries(partial.map(([name, array]) => [name, array.slice()])) };
}

const isArray = (value: unknown): value is Float32Array | Uint8Array =>
  value instanceof Float32Array || value instanceof Uint8Array;
