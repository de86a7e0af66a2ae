import type { Collection } from "../../collection.js";
import { StrataError } from "../../errors.js";
import type { ProgressBar } from "../progress_bar.js";
import type { ImportFiles, RecordBatch } from "./import_files.js";

export interface StoreOptions {
  /** Called with the first batch, for which a collection may have to be made. */
  target: (first: RecordBatch) => Promise<Collection>;
  /** Called with each batch before it is stored. */
  prepare?: ((batch: RecordBatch) => Promise<void>) | undefined;
  bar: ProgressBar;
  signal: AbortSignal;
}

export interface Stored {
  collection: Collection | undefined;
  records: number;
  vectors: number;
  seconds: number;
}

/**
 * Stores batch by batch, each whole or not at all.
 *
 * @throws What reading or storing threw; the message ends with how many records are stored nevertheless. `ABORTED` between
 * two batches once `signal` has fired.
 */
export async function storeBatches(
  files: ImportFiles,
  batches: AsyncIterable<RecordBatch>,
  { target, prepare, bar, signal }: StoreOptions,
): Promise<Stored> {
  const started = performance.now();
  const stored: Stored = { collection: undefined, records: 0, vectors: 0, seconds: 0 };
  try {
    for await (const batch of batches) {
      if (signal.aborted) throw new StrataError("ABORTED", "interrupted", { cause: signal.reason });
      await prepare?.(batch);
      stored.collection ??= await target(batch);
      await storeOne(stored.collection, batch);
      stored.records += batch.records.length;
      stored.vectors += batch.records.filter(({ vector }) => vector !== undefined).length;
      stored.seconds = (performance.now() - started) / 1000;
      bar.update(
        files.done,
        `${stored.records} rows, ${Math.round(stored.records / stored.seconds)} a second`,
      );
    }
  } catch (error) {
    throw stored.records > 0 ? withCount(error, stored.records) : error;
  } finally {
    bar.end();
  }
  return stored;
}

async function storeOne(collection: Collection, { records, where }: RecordBatch): Promise<void> {
  try {
    await collection.upsert(records);
  } catch (error) {
    if (!(error instanceof StrataError) || error.code !== "INVALID_ARGUMENT") throw error;
    throw new StrataError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

function withCount(error: unknown, records: number): unknown {
  if (!(error instanceof StrataError)) return error;
  return new StrataError(error.code, `${error.message}; the ${records} records before it are stored`, {
    cause: error,
  });
}
