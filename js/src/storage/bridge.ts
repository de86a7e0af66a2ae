import type { DBSchema } from "idb";
import { toStrataError, type StrataError } from "../errors.js";
import { deleteUnlisted, IndexedDbConnection, type Transaction } from "./indexeddb_connection.js";

/** One piece of a file's bytes; pieces are redone in the order of their keys, [file id, number of the piece]. */
interface StoredPiece {
  generation: number;
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What a file was at its last sync that reached the bridge. */
export interface BridgedFile {
  generation: number;
  /** Bytes, header included. */
  size: number;
}

interface Schema extends DBSchema {
  files: { key: number; value: BridgedFile };
  pieces: { key: [number, number]; value: StoredPiece };
}

/** A physical file, as far as the bridge must know it. Offsets count from its first byte, header included. */
export interface BridgeSource {
  readonly id: number;
  readonly generation: number;
  readonly size: number;
  read(offset: number, into: Uint8Array): void;
}

export interface ByteRange {
  start: number;
  end: number;
}

// What the next transactions do, in order. `ticket` completes what one call of bridge() or forget() asked for.
type Step =
  | { kind: "piece"; source: BridgeSource; generation: number; piece: number; range: ByteRange }
  | { kind: "file"; id: number; file: BridgedFile; ticket: number }
  | { kind: "forget"; id: number; ticket: number };

const PIECE_BYTES_MAX = 2 ** 20;
const TRANSACTION_BYTES_MAX = 16 * 2 ** 20;

/**
 * Carries what was synced over the first minute of an OPFS file's life.
 *
 * Browsers make the name of a new OPFS file durable only some time after it was made, whatever is flushed: when power
 * fails before, the file is gone (measured in Chromium: always within 10 s, never after 45 s). IndexedDB with strict
 * durability is safe at once. So each sync of a young file also puts its new bytes here, and what vanished is made
 * again from them at the next opening. Once a file is old and flushed, its pieces are forgotten.
 *
 * Bytes are read when their transaction begins, not copied when they are synced, so the caller must not overwrite,
 * cut or free what it has synced before {@link committed} has reached the ticket. (It must not anyway: what
 * replaces synced bytes usually relies on others having become durable first.)
 *
 * Transactions follow one another, each takes all that waits up to 16 MiB, and their order is the order of the calls.
 */
export class StrictBridge {
  /** Called whenever {@link committed} has grown or {@link failure} is set. */
  onProgress: () => void = () => {};
  readonly #connection: IndexedDbConnection<Schema>;
  readonly #steps: Step[] = [];
  readonly #waiters: { ticket: number; resolve: () => void; reject: (error: StrataError) => void }[] = [];
  #nextPiece: number;
  #issued = 0;
  #committed = 0;
  #running = false;
  #failure: StrataError | null = null;

  private constructor(connection: IndexedDbConnection<Schema>, nextPiece: number) {
    this.#connection = connection;
    this.#nextPiece = nextPiece;
  }

  /** Opens the bridge of the database `name`; `files` is what it holds. */
  static async open(name: string): Promise<{ bridge: StrictBridge; files: Map<number, BridgedFile> }> {
    const connection = new IndexedDbConnection<Schema>(`stratadb-bridge/${name}`, (db) => {
      db.createObjectStore("files");
      db.createObjectStore("pieces");
    });
    return connection.run(["files", "pieces"], "readwrite", "relaxed", async (transaction) => {
      const store = transaction.objectStore("files");
      const pieces = transaction.objectStore("pieces");
      const [ids, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
      const files = new Map(ids.map((id, i) => [id, values[i]!]));
      // Those of a sync that was cut off between two transactions. They must not outlive it: its file may get others.
      await deleteUnlisted(pieces, files);
      let last = 0;
      for (const id of ids) {
        const cursor = await pieces.openKeyCursor(piecesOf(id), "prev");
        if (cursor) last = Math.max(last, cursor.key[1]);
      }
      return { bridge: new StrictBridge(connection, last + 1), files };
    });
  }

  /** The number of the last request. */
  get issued(): number {
    return this.#issued;
  }

  /** Requests up to this one survive power loss. */
  get committed(): number {
    return this.#committed;
  }

  /** Why a transaction failed. What came with it and after it is not safe, and never will be. */
  get failure(): StrataError | null {
    return this.#failure;
  }

  /** Puts `ranges` of `source` and its size now. Returns the request's number. */
  bridge(source: BridgeSource, ranges: readonly ByteRange[]): number {
    const { id, generation, size } = source;
    for (const range of ranges) {
      for (let start = range.start; start < range.end; start += PIECE_BYTES_MAX) {
        const piece = { start, end: Math.min(start + PIECE_BYTES_MAX, range.end) };
        this.#steps.push({ kind: "piece", source, generation, piece: this.#nextPiece++, range: piece });
      }
    }
    return this.#request((ticket) => ({ kind: "file", id, file: { generation, size }, ticket }));
  }

  /** Drops all that was put for the file so far. Returns the request's number. */
  forget(id: number): number {
    return this.#request((ticket) => ({ kind: "forget", id, ticket }));
  }

  /** Resolves when {@link committed} has reached `ticket`; rejects for ever once a transaction has failed. */
  whenCommitted(ticket: number): Promise<void> {
    if (this.#committed >= ticket) return Promise.resolve();
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiters.push({ ticket, resolve, reject }));
  }

  /** Calls `visit` for each piece of the file, in the order in which they were put. */
  async replay(
    id: number,
    generation: number,
    visit: (offset: number, bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<void> {
    const keys = await this.#connection.run(["pieces"], "readonly", "relaxed", (transaction) =>
      transaction.objectStore("pieces").getAllKeys(piecesOf(id)),
    );
    for (const key of keys) {
      const piece = await this.#connection.run(["pieces"], "readonly", "relaxed", (transaction) =>
        transaction.objectStore("pieces").get(key),
      );
      if (piece?.generation === generation) visit(piece.offset, piece.bytes);
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.whenCommitted(this.#issued).catch(() => {}); // Whoever waits for durability is told.
    this.#connection.close();
  }

  #request(step: (ticket: number) => Step): number {
    this.#steps.push(step(++this.#issued));
    if (!this.#running) {
      this.#running = true;
      queueMicrotask(() => void this.#run());
    }
    return this.#issued;
  }

  async #run(): Promise<void> {
    while (this.#steps.length > 0 && !this.#failure) {
      const steps = this.#takeSteps();
      try {
        await this.#connection.run(["files", "pieces"], "readwrite", "strict", (transaction) =>
          apply(steps, transaction),
        );
        for (const step of steps) if (step.kind !== "piece") this.#committed = step.ticket;
      } catch (error) {
        this.#failure = toStrataError(error);
      }
      this.#answerWaiters();
    }
    this.#running = false;
  }

  #takeSteps(): Step[] {
    let bytes = 0;
    let count = 0;
    for (const step of this.#steps) {
      if (step.kind === "piece") bytes += step.range.end - step.range.start;
      if (count > 0 && bytes > TRANSACTION_BYTES_MAX) break;
      count++;
    }
    return this.#steps.splice(0, count);
  }

  #answerWaiters(): void {
    const waiting = this.#waiters.splice(0);
    for (const waiter of waiting) {
      if (this.#failure) waiter.reject(this.#failure);
      else if (waiter.ticket <= this.#committed) waiter.resolve();
      else this.#waiters.push(waiter);
    }
    this.onProgress();
  }
}

const piecesOf = (id: number): IDBKeyRange => IDBKeyRange.bound([id, 0], [id, Infinity]);

async function apply(steps: readonly Step[], transaction: Transaction<Schema, "readwrite">): Promise<void> {
  // Reading first: if that fails, no request is left that nobody waits for.
  const contents = steps.map((step) => (step.kind === "piece" ? contentOf(step.source, step.range) : null));
  const files = transaction.objectStore("files");
  const pieces = transaction.objectStore("pieces");
  const requests = steps.map(async (step, i) => {
    if (step.kind === "piece") {
      const value = { generation: step.generation, offset: step.range.start, bytes: contents[i]! };
      await pieces.put(value, [step.source.id, step.piece]);
    } else if (step.kind === "file") {
      await files.put(step.file, step.id);
    } else {
      await Promise.all([files.delete(step.id), pieces.delete(piecesOf(step.id))]);
    }
  });
  await Promise.all(requests);
}

function contentOf(source: BridgeSource, { start, end }: ByteRange): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  source.read(start, bytes);
  return bytes;
}
