import { StrataError, throwIfAborted } from "./errors.js";
import type { EngineClient } from "./engine/client.js";
import { filterText, type Filter } from "./filter.js";
import { checkId, type RecordId } from "./ids.js";
import { Inspection } from "./inspect.js";
import type { CollectionOptions, WriteOptions } from "./options.js";
import { optionsObject } from "./options.js";
import { tellDone } from "./progress.js";
import { Reader } from "./reader.js";
import type { RecordColumns, RecordInput, RecordPatch, WriteSummary } from "./records.js";
import { Snapshot } from "./snapshot.js";
import { BatchWriter, OP_DELETE, OP_INSERT, OP_UPDATE, OP_UPSERT, type OpKind } from "./wire/batch.js";
import { packRecord, packRecords, type PackedBatch } from "./write_batch.js";

/**
 * A named set of records of one dimension, stored durably and searched by distance. Got from `db.collection()`; lives as
 * long as its database.
 *
 * Each writing call is one atomic batch: it is applied whole or not at all, and its promise resolves when it is as
 * durable as the database's `durability` says. Writes take effect in the order of the calls, awaited or not. What a
 * call is given is copied before it returns (except large batches with `onProgress` or `signal`) and never changed.
 *
 * @example
 * const notes = await db.collection("notes", { dimension: 384, metric: "cosine" });
 * await notes.upsert([{ id: "n1", vector, metadata: { year: 1999 }, text: "..." }]);
 * const [best] = await notes.search(query, { k: 1, filter: { year: { $gte: 1990 } } });
 */
export class Collection extends Reader {
  readonly #client: EngineClient;

  /** @internal Use `db.collection()`. */
  constructor(
    client: EngineClient,
    readonly name: string,
    /** As it was made, defaults filled in. */
    readonly options: Readonly<CollectionOptions>,
  ) {
    super(client, name, options.dimension);
    this.#client = client;
  }

  /**
   * Stores records, replacing those with the same ids whole. If an id occurs twice, the later record wins.
   *
   * A very large batch is held in memory whole, about three times over, before it becomes durable; `onProgress` and
   * `signal` act before it is applied. Split it into several calls if it need not be atomic.
   *
   * @throws {@link StrataError} `INVALID_ARGUMENT` names the record, what was found and what was expected; `NO_SPACE`;
   * `OUT_OF_MEMORY`; `READ_ONLY`. Nothing of the batch has been stored then.
   */
  async upsert(
    records: readonly RecordInput[] | RecordColumns,
    options?: WriteOptions,
  ): Promise<WriteSummary> {
    return this.#writeRecords("upsert()", OP_UPSERT, records, options);
  }

  /** Like {@link upsert}, but `ALREADY_EXISTS` if one of the ids is there already or occurs twice. */
  async insert(
    records: readonly RecordInput[] | RecordColumns,
    options?: WriteOptions,
  ): Promise<WriteSummary> {
    return this.#writeRecords("insert()", OP_INSERT, records, options);
  }

  /**
   * Changes the fields of one record that `patch` gives; metadata is merged by JSON Merge Patch.
   *
   * @throws {@link StrataError} `NOT_FOUND` if the id is not there; `INVALID_ARGUMENT` as for {@link upsert}.
   */
  async update(id: RecordId, patch: RecordPatch): Promise<WriteSummary> {
    const { dimension } = this.options;
    const given = optionsObject("a patch", patch, ["vector", "metadata", "text"]);
    const batch = new BatchWriter();
    const vectors = new Float32Array(given.vector === undefined ? 0 : dimension);
    packRecord(batch, OP_UPDATE, dimension, { ...given, id }, "the record", vectors);
    return this.#write({ head: batch.finish(), vectors });
  }

  /** Removes one record or several. Ids that are not there are no error; `changed` counts those that were. */
  async delete(ids: RecordId | readonly RecordId[]): Promise<WriteSummary> {
    const batch = new BatchWriter();
    const list: readonly unknown[] = Array.isArray(ids) ? ids : [ids];
    for (const [i, id] of list.entries()) {
      checkId(id, list.length === 1 ? "delete()" : `id ${i}`);
      batch.op(OP_DELETE, id);
    }
    return this.#write({ head: batch.finish() });
  }

  /**
   * Removes every record that matches.
   *
   * @throws {@link StrataError} `INVALID_ARGUMENT` for a filter that is malformed or empty.
   */
  async deleteWhere(filter: Filter | string): Promise<WriteSummary> {
    const text = filterText(filter);
    if (text === "") throw new StrataError("INVALID_ARGUMENT", "deleteWhere() needs a filter, found none");
    const { changed, sequence } = await this.#client.call("deleteWhere", {
      collection: this.name,
      filter: text,
    });
    return { changed, sequence };
  }

  /** The state now, which no later write changes. Close it: it keeps the files it sees from being removed. */
  async snapshot(): Promise<Snapshot> {
    const { view, sequence } = await this.#client.call("view", { collection: this.name });
    return new Snapshot(this.#client, this.name, this.options.dimension, view, sequence);
  }

  /** Shows the structures inside, as data. */
  inspect(): Inspection {
    return new Inspection(this.#client, this.name, this.options.dimension);
  }

  async #writeRecords(
    what: string,
    kind: OpKind,
    records: readonly RecordInput[] | RecordColumns,
    options: WriteOptions | undefined,
  ): Promise<WriteSummary> {
    const { signal, onProgress } = optionsObject(what, options, ["signal", "onProgress"]);
    throwIfAborted(signal);
    const packing = packRecords(kind, this.options.dimension, records, options);
    // Awaiting what is there already would let a later write overtake this one.
    const batch = packing instanceof Promise ? await packing : packing;
    throwIfAborted(signal);
    const summary = await this.#write(batch);
    tellDone(onProgress);
    return summary;
  }

  async #write(batch: PackedBatch): Promise<WriteSummary> {
    // The head is ours to give away; the vectors may be the caller's.
    const args = { collection: this.name, ...batch };
    const { changed, sequence } = await this.#client.call("write", args, { transfer: [batch.head.buffer] });
    return { changed, sequence };
  }
}
