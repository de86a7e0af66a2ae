import { StrataError } from "../errors.js";

/** A column of numbers in a reply. */
export type ReplyBlock = Uint32Array | Float32Array | Int32Array | Float64Array;

/** A decoded answer of the engine. */
export interface Reply {
  json: unknown;
  blocks: ReplyBlock[];
}

// The kinds of a block, as bindings/wasm/reply.h numbers them.
const BLOCK_TYPES = [Uint32Array, Float32Array, Int32Array, Float64Array] as const;

// A byte order mark is a character like any other here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes the form all of the engine's answers have (bindings/wasm/reply.h): a JSON text for what is made of
 * words, and typed blocks for what is made of numbers. One decode and one JSON.parse per answer, however many records.
 *
 *   u32 JSON bytes, u32 block count, per block u32 kind and u32 element count, the JSON text, then the blocks, each
 *   starting at a multiple of 8 bytes.
 *
 * The blocks are views of `bytes`' own buffer.
 */
export function decodeReply(bytes: Uint8Array<ArrayBuffer>): Reply {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonBytes = view.getUint32(0, true);
  const blockCount = view.getUint32(4, true);
  let at = 8 + 8 * blockCount;
  const text = decoder.decode(bytes.subarray(at, at + jsonBytes));
  at += jsonBytes;
  const blocks: ReplyBlock[] = [];
  for (let i = 0; i < blockCount; i++) {
    const Type = BLOCK_TYPES[view.getUint32(8 + 8 * i, true)];
    const count = view.getUint32(12 + 8 * i, true);
    if (!Type) throw new StrataError("INTERNAL", `reply block ${i} has an unknown kind`);
    at = (at + 7) & ~7;
    blocks.push(new Type(bytes.buffer, bytes.byteOffset + at, count));
    at += count * Type.BYTES_PER_ELEMENT;
  }
  return { json: text === "" ? null : JSON.parse(text), blocks };
}
