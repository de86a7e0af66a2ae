// Vector files for tests, made from plain arrays.

const int32 = (number) => Buffer.from(Int32Array.of(number).buffer);

export function fvecs(...rows) {
  return Buffer.concat(
    rows.flatMap((row) => [int32(row.length), Buffer.from(Float32Array.from(row).buffer)]),
  );
}

export function bvecs(...rows) {
  return Buffer.concat(rows.flatMap((row) => [int32(row.length), Buffer.from(row)]));
}

/** An .npy file with this header, padded as NumPy does. */
export function npy(header, data, version = 1) {
  const lengthBytes = version === 1 ? 2 : 4;
  const before = 8 + lengthBytes;
  const padded = header.padEnd(Math.ceil((before + header.length + 1) / 64) * 64 - before - 1) + "\n";
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntLE(padded.length, 0, lengthBytes);
  return Buffer.concat([
    Buffer.from("\x93NUMPY", "latin1"),
    Buffer.from([version, 0]),
    length,
    Buffer.from(padded),
    data,
  ]);
}
