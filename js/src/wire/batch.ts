import type { RecordId } from "../ids.js";
import { ByteWriter } from "./byte_writer.js";

/** WriteOp::Kind of core/include/strata/collection.h. */
export const OP_UPSERT = 0;
export const OP_INSERT = 1;
export const OP_UPDATE = 2;
export const OP_DELETE = 3;
export type OpKind = 0 | 1 | 2 | 3;

// What follows an op's id; with the kind in one byte.
const HAS_VECTOR = 0x10;
const HAS_METADATA = 0x20;
const HAS_TEXT = 0x40;

const ID_INTEGER = 1;
const ID_STRING = 2;

/**
 * The head of a batch, in the form that bindings/wasm/batch_decoder.h describes: kinds, ids, metadata and texts. The
 * vectors travel beside it, one after the other in the order of the ops that have one, so that a Float32Array a user
 * gives goes into WebAssembly in one piece.
 */
export class BatchWriter {
  readonly #bytes: ByteWriter;
  #opCount = 0;
  #floatCount = 0;

  constructor(capacity?: number) {
    this.#bytes = new ByteWriter(capacity);
  }

  get opCount(): number {
    return this.#opCount;
  }

  /** Numbers in the vectors of all ops so far. */
  get floatCount(): number {
    return this.#floatCount;
  }

  /** `vectorLength` 0: no vector. Everything has been checked. */
  op(kind: OpKind, id: RecordId, vectorLength = 0, metadata?: string, text?: string): void {
    const bytes = this.#bytes;
    bytes.u8(
      kind |
        (vectorLength > 0 ? HAS_VECTOR : 0) |
        (metadata !== undefined ? HAS_METADATA : 0) |
        (text !== undefined ? HAS_TEXT : 0),
    );
    writeId(bytes, id);
    if (vectorLength > 0) bytes.u32(vectorLength);
    if (metadata !== undefined) bytes.text(metadata);
    if (text !== undefined) bytes.text(text);
    this.#opCount++;
    this.#floatCount += vectorLength;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.finish();
  }
}

function writeId(bytes: ByteWriter, id: RecordId): void {
  if (typeof id === "number") {
    bytes.u8(ID_INTEGER);
    bytes.f64(id === 0 ? 0 : id); // No minus zero: ids are integers.
  } else {
    bytes.u8(ID_STRING);
    bytes.text(id);
  }
}

/** Ids one after the other, as `get`, `has` and the ends of a scan take them. */
export function packIds(ids: readonly RecordId[]): Uint8Array<ArrayBuffer> {
  const bytes = new ByteWriter(32 * ids.length);
  for (const id of ids) writeId(bytes, id);
  return bytes.finish();
}

/** Texts one after the other. */
export function packTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new ByteWriter();
  for (const text of texts) bytes.text(text);
  return bytes.finish();
}
