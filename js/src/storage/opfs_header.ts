import { Crc32 } from "../wire/crc32.js";

/** The first bytes of every physical file of a pool; the logical file's bytes follow. */
export const HEADER_BYTES = 4096;

/** What a physical file is. */
export interface PoolHeader {
  /** Number of the logical file that it holds; null: none, it is a spare. */
  file: number | null;
  /** Grows whenever a file of the pool is taken or freed: of two headers, that with the larger one is newer. */
  generation: number;
  /** When the physical file was made, in milliseconds since 1970. */
  createdAt: number;
}

// Little-endian: magic (8 bytes), version (u32), state (u32), file, generation, createdAt (f64 each), CRC-32 (u32) of
// what precedes it. Stands twice, in different sectors: both copies are written at once, and either is enough.
const MAGIC = "StrataP\n";
const VERSION = 1;
const SPARE = 0;
const USED = 1;
const CHECKED_BYTES = 40;
const COPIES_AT = [0, 2048] as const;

const crc32 = (bytes: Uint8Array): number => parseInt(new Crc32().add(bytes).hex(), 16);

export function encodeHeader({ file, generation, createdAt }: PoolHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  for (const at of COPIES_AT) {
    const view = new DataView(bytes.buffer, at);
    for (let i = 0; i < MAGIC.length; i++) view.setUint8(i, MAGIC.charCodeAt(i));
    view.setUint32(8, VERSION, true);
    view.setUint32(12, file === null ? SPARE : USED, true);
    view.setFloat64(16, file ?? 0, true);
    view.setFloat64(24, generation, true);
    view.setFloat64(32, createdAt, true);
    view.setUint32(CHECKED_BYTES, crc32(bytes.subarray(at, at + CHECKED_BYTES)), true);
  }
  return bytes;
}

/** The header in the first {@link HEADER_BYTES} bytes of a file, or null if neither copy is whole. */
export function decodeHeader(bytes: Uint8Array<ArrayBuffer>): PoolHeader | null {
  for (const at of COPIES_AT) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    if (view.getUint32(CHECKED_BYTES, true) !== crc32(bytes.subarray(at, at + CHECKED_BYTES))) continue;
    if (String.fromCharCode(...bytes.subarray(at, at + MAGIC.length)) !== MAGIC) continue;
    const state = view.getUint32(12, true);
    const file = view.getFloat64(16, true);
    const generation = view.getFloat64(24, true);
    const createdAt = view.getFloat64(32, true);
    if (view.getUint32(8, true) !== VERSION || state > USED) continue;
    if (![file, generation].every((value) => Number.isSafeInteger(value) && value >= 0)) continue;
    if (!Number.isFinite(createdAt)) continue;
    return { file: state === USED ? file : null, generation, createdAt };
  }
  return null;
}
