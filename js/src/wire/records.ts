import type { Hit, SearchManyResult, StoredRecord } from "../records.js";
import type { RecordId } from "../ids.js";
import type { Metadata } from "../metadata.js";
import { decodeReply, type Reply } from "./reply.js";

// What bindings/wasm/reply_records.h writes. `texts` and `vectors` are there when they were asked for; a vector is
// given by its length, its numbers follow one another in the last block.
interface RecordsJson {
  /** Null where a record that was asked for is not there. */
  ids: (RecordId | null)[];
  metadata?: (Metadata | null)[];
  texts?: (string | null)[];
  vectors?: number[];
}

/** One past the fields that every record has: its parts, filled in from the columns. */
function fillRecord<T extends { metadata?: Metadata; text?: string; vector?: Float32Array }>(
  record: T,
  json: RecordsJson,
  row: number,
  floats: Float32Array | undefined,
  floatOffset: number,
): number {
  if (json.metadata) record.metadata = json.metadata[row] ?? {};
  const text = json.texts?.[row];
  if (text !== null && text !== undefined) record.text = text;
  const length = json.vectors?.[row] ?? 0;
  // A copy, so that keeping one vector does not keep the whole answer.
  if (floats && length > 0) record.vector = floats.slice(floatOffset, floatOffset + length);
  return floatOffset + length;
}

/** Records in the order of the answer; null where one was asked for that is not there. */
export function decodeRecords(bytes: Uint8Array<ArrayBuffer>): (StoredRecord | null)[] {
  const reply = decodeReply(bytes);
  const json = reply.json as RecordsJson;
  const floats = reply.blocks[0] as Float32Array | undefined;
  let offset = 0;
  return json.ids.map((id, row) => {
    if (id === null) return null;
    const record: StoredRecord = { id };
    offset = fillRecord(record, json, row, floats, offset);
    return record;
  });
}

/** The hits of a search: distances and scores in the first two blocks. */
export function decodeHits(bytes: Uint8Array<ArrayBuffer>): Hit[] {
  return hitsOf(decodeReply(bytes));
}

export function hitsOf(reply: Reply): Hit[] {
  const json = reply.json as RecordsJson;
  const [distances, scores, floats] = reply.blocks as (Float32Array | undefined)[];
  const hits: Hit[] = [];
  let offset = 0;
  for (let row = 0; row < json.ids.length; row++) {
    const hit: Hit = { id: json.ids[row] as RecordId, distance: distances![row]!, score: scores![row]! };
    offset = fillRecord(hit, json, row, floats, offset);
    hits.push(hit);
  }
  return hits;
}

/** The answer of a batch search: distances and counts are blocks. */
export function decodeSearchMany(bytes: Uint8Array<ArrayBuffer>): SearchManyResult {
  const { json, blocks } = decodeReply(bytes);
  const { k, ids } = json as { k: number; ids: (RecordId | null)[] };
  return { k, ids, distances: blocks[0] as Float32Array, counts: blocks[1] as Uint32Array };
}
