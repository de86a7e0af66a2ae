import { StrataError, toStrataError } from "../errors.js";
import type { StrictBridge } from "./bridge.js";
import {
  checkRead,
  checkTruncate,
  checkWrite,
  type HostStorage,
  type StorageDescription,
} from "./host_storage.js";
import type { PhysicalFile } from "./opfs_file.js";
import { HEADER_BYTES } from "./opfs_header.js";
import { DEFAULT_POOL, OpfsPool, type PoolOptions } from "./opfs_pool.js";

interface LogicalFile {
  readonly number: number;
  readonly physical: PhysicalFile;
  /** Bytes after the header, with all that is held back. */
  size: number;
  /** How many actions on it are held back; while there are any, all further ones are too. */
  held: number;
}

/** Something to do once the bridge has committed request `after`. */
type HeldAction = { after: number } & (
  | { kind: "write"; file: LogicalFile; offset: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "truncate"; file: LogicalFile; size: number }
  | { kind: "sync"; file: LogicalFile }
  | { kind: "free"; file: LogicalFile }
  | { kind: "tell"; resolve: () => void; reject: (error: StrataError) => void }
);
type HeldActionWithoutAfter = HeldAction extends infer Action
  ? Action extends HeldAction
    ? Omit<Action, "after">
    : never
  : never;

/**
 * The logical files of one database in OPFS, over an {@link OpfsPool}. For dedicated workers only.
 *
 * Bytes of files whose names are old are durable when `flush()` returns; those of younger files when the bridge has
 * committed, which takes another turn of the event loop. What is synced must not become durable in another order, or
 * the root could come to name a segment that is lost. Appending reveals nothing by itself, so it is done at once; but
 * an overwrite of synced bytes, a cut or a removal waits here until everything synced before it has been committed.
 * Until then reads see it, laid over the file.
 */
export class OpfsStorage implements HostStorage {
  readonly description: StorageDescription;
  readonly #pool: OpfsPool;
  readonly #bridge: StrictBridge;
  readonly #files = new Map<number, LogicalFile>();
  /** Made and not synced since. */
  readonly #newFiles = new Set<LogicalFile>();
  readonly #held: HeldAction[] = [];
  /** What held actions have asked of the bridge: those after them wait for it. */
  #heldAfter = 0;
  /** What the bridge must commit before all that was written survives the death of the process. */
  #settledAfter = 0;
  #failure: StrataError | null = null;
  #closed = false;

  private constructor(name: string, pool: OpfsPool, bridge: StrictBridge) {
    this.description = { kind: "opfs", durable: true, location: `stratadb/${name}` };
    this.#pool = pool;
    this.#bridge = bridge;
    bridge.onProgress = () => this.#doHeld();
    for (const physical of pool.used()) {
      const number = physical.header.file!;
      const older = this.#files.get(number);
      if (older) pool.free(older.physical); // Its removal was lost.
      this.#files.set(number, { number, physical, size: physical.size - HEADER_BYTES, held: 0 });
    }
  }

  /** `name` must be fit for a file name. Errors: see {@link OpfsPool.open}. */
  static async open(name: string, options: Partial<PoolOptions> = {}): Promise<OpfsStorage> {
    const { pool, bridge } = await OpfsPool.open(name, { ...DEFAULT_POOL, ...options });
    return new OpfsStorage(name, pool, bridge);
  }

  list(): number[] {
    this.#checkOpen();
    return [...this.#files.keys()].sort((a, b) => a - b);
  }

  create(number: number): void {
    this.#checkWritable();
    if (this.#files.has(number)) throw new StrataError("ALREADY_EXISTS", `file ${number} is there already`);
    const file = { number, physical: this.#pool.take(number), size: 0, held: 0 };
    this.#files.set(number, file);
    this.#newFiles.add(file);
  }

  size(number: number): number {
    return this.#find(number).size;
  }

  readAt(number: number, offset: number, into: Uint8Array): void {
    const file = this.#find(number);
    checkRead(number, file.size, offset, into.length);
    const stored = Math.min(into.length, file.physical.size - HEADER_BYTES - offset);
    if (stored > 0) file.physical.read(HEADER_BYTES + offset, into.subarray(0, stored));
    if (file.held === 0) return;
    for (const action of this.#held) {
      if (action.kind !== "write" || action.file !== file) continue;
      const start = Math.max(offset, action.offset);
      const end = Math.min(offset + into.length, action.offset + action.bytes.length);
      if (start < end)
        into.set(action.bytes.subarray(start - action.offset, end - action.offset), start - offset);
    }
  }

  writeAt(number: number, offset: number, bytes: Uint8Array): void {
    this.#checkWritable();
    const file = this.#find(number);
    checkWrite(number, file.size, offset);
    if (this.#mustHold(file, HEADER_BYTES + offset < file.physical.syncedSize)) {
      this.#hold({ kind: "write", file, offset, bytes: bytes.slice() });
    } else {
      file.physical.write(HEADER_BYTES + offset, bytes);
    }
    file.size = Math.max(file.size, offset + bytes.length);
  }

  truncate(number: number, size: number): void {
    this.#checkWritable();
    const file = this.#find(number);
    checkTruncate(number, file.size, size);
    if (this.#mustHold(file, HEADER_BYTES + size < file.physical.syncedSize)) {
      this.#hold({ kind: "truncate", file, size });
    } else {
      this.#truncateNow(file, size);
    }
    file.size = size;
  }

  sync(number: number): void {
    this.#checkWritable();
    this.#syncFile(this.#find(number));
  }

  syncNames(): void {
    this.#checkWritable();
    for (const file of this.#newFiles) this.#syncFile(file);
  }

  remove(number: number): void {
    this.#checkWritable();
    const file = this.#find(number);
    if (this.#mustHold(file, true)) this.#hold({ kind: "free", file });
    else this.#pool.free(file.physical);
    this.#files.delete(number);
    this.#newFiles.delete(file);
  }

  settled(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    for (const { physical } of this.#files.values()) {
      if (!physical.inMemory || physical.changed.empty) continue;
      this.#pool.bridge(physical);
      this.#settledAfter = this.#bridge.issued;
    }
    return this.#held.length > 0 ? this.#heldDone() : this.#bridge.whenCommitted(this.#settledAfter);
  }

  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return this.#held.length > 0 ? this.#heldDone() : this.#bridge.whenCommitted(this.#bridge.issued);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // Whoever waits for one of them is told of a failure.
    await this.settled().catch(() => {});
    await this.durable().catch(() => {});
    await this.#pool.close();
  }

  /** Whether an action on `file` must wait. `replaces`: it destroys synced bytes. */
  #mustHold(file: LogicalFile, replaces: boolean): boolean {
    if (file.held > 0) return true;
    return replaces && (this.#held.length > 0 || this.#bridge.committed < this.#bridge.issued);
  }

  #hold(action: HeldActionWithoutAfter): void {
    this.#held.push({ ...action, after: this.#bridge.issued });
    if (action.kind !== "tell") action.file.held++;
  }

  #heldDone(): Promise<void> {
    return new Promise((resolve, reject) => this.#hold({ kind: "tell", resolve, reject }));
  }

  /** Does what may be done by now. */
  #doHeld(): void {
    for (;;) {
      this.#failure ??= this.#bridge.failure;
      const action = this.#held[0];
      if (!action || this.#failure) break;
      if (this.#bridge.committed < Math.max(action.after, this.#heldAfter)) return;
      const issued = this.#bridge.issued;
      try {
        this.#do(action);
        this.#held.shift();
      } catch (error) {
        this.#failure = toStrataError(error);
      }
      if (this.#bridge.issued > issued) this.#heldAfter = this.#bridge.issued;
    }
    // After a failure nothing that is held back will ever be done; it stays, so that reads go on seeing it.
    for (const action of this.#held)
      if (action.kind === "tell" && this.#failure) action.reject(this.#failure);
  }

  #do(action: HeldAction): void {
    if (action.kind === "tell") return action.resolve();
    const { file } = action;
    if (action.kind === "write") this.#writeHeld(file.physical, action);
    else if (action.kind === "truncate") this.#truncateNow(file, action.size);
    else if (action.kind === "sync") this.#pool.sync(file.physical);
    else this.#pool.free(file.physical);
    file.held--;
  }

  #writeHeld(physical: PhysicalFile, { offset, bytes }: { offset: number; bytes: Uint8Array }): void {
    physical.write(HEADER_BYTES + offset, bytes);
    if (physical.inMemory) this.#pool.bridge(physical); // Else settled() would have come too early for it.
  }

  #truncateNow({ physical }: LogicalFile, size: number): void {
    const cutsSynced = HEADER_BYTES + size < physical.syncedSize;
    physical.truncate(HEADER_BYTES + size);
    // A file shorter than the bridge says would be taken for one that lost its end.
    if (!cutsSynced || !physical.young) return;
    this.#pool.sync(physical);
    this.#settledAfter = this.#bridge.issued;
  }

  #syncFile(file: LogicalFile): void {
    if (file.held > 0) this.#hold({ kind: "sync", file });
    else this.#pool.sync(file.physical);
    this.#newFiles.delete(file);
  }

  #checkOpen(): void {
    if (this.#closed) throw new StrataError("CLOSED", "the storage is closed");
  }

  /** After a failure nothing is changed any more: it could rely on a change that waited and was never made. */
  #checkWritable(): void {
    this.#checkOpen();
    if (this.#failure) throw this.#failure;
  }

  #find(number: number): LogicalFile {
    this.#checkOpen();
    const file = this.#files.get(number);
    if (!file) throw new StrataError("NOT_FOUND", `file ${number} is not there`);
    return file;
  }
}
