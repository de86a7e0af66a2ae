import { StrataError } from "../errors.js";
import { StrictBridge, type BridgedFile } from "./bridge.js";
import { MemoryHandle, PhysicalFile, type SyncHandle } from "./opfs_file.js";
import { decodeHeader, HEADER_BYTES, type PoolHeader } from "./opfs_header.js";

/** How the pool behaves. Tests shorten the times and lower the numbers. */
export interface PoolOptions {
  /** How long a new file's name may vanish at power loss. */
  youngMillis: number;
  /** Handles held at once; Safari allows 252 for all of an origin. */
  handlesMax: number;
  /** Spare files kept ready, so that the engine finds one that is old. */
  spares: number;
  /** How long opening tries to get handles that someone else, such as the page before a reload, still holds. */
  openMillis: number;
}

export const DEFAULT_POOL: PoolOptions = {
  youngMillis: 60_000,
  handlesMax: 60,
  spares: 8,
  openMillis: 6_000,
};

const MAINTENANCE_MILLIS_MAX = 5_000;
const FILE_NAME = /^file-(\d{1,9})$/;
const fileName = (id: number): string => `file-${id}`;

interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncHandle>;
}

/** Whether this place has OPFS with synchronous handles: in browsers, only dedicated workers do. */
export function hasSyncHandles(): boolean {
  return (
    typeof FileSystemFileHandle === "function" && "createSyncAccessHandle" in FileSystemFileHandle.prototype
  );
}

/**
 * The physical files of one database in OPFS: those in use, and spares made ahead.
 *
 * A file is made once and then kept for ever: giving it to a logical file or freeing it rewrites the header inside it,
 * so no name ever changes when something is published, and most files are old enough that their names are safe at
 * power loss (see {@link StrictBridge} for those that are not).
 *
 * {@link take} must not wait, so when the spares are used up it hands out a file in memory, whose bytes are bridged
 * like those of a young file and move to OPFS as soon as a handle has been made. Beyond `handlesMax` they stay in
 * memory, and the database is as durable as before but takes more memory and is slower to sync.
 */
export class OpfsPool {
  readonly #directory: FileSystemDirectoryHandle;
  readonly #options: PoolOptions;
  readonly #bridge: StrictBridge;
  /** By id; those with a handle and those in memory. */
  readonly #files = new Map<number, PhysicalFile>();
  readonly #spares = new Set<PhysicalFile>();
  /** Ids of files whose header is damaged: neither read nor overwritten. */
  readonly #setAside = new Set<number>();
  /** Files that the bridge holds something of. */
  readonly #bridged = new Set<number>();
  #generation = 0;
  /** Larger than the id of any file there is or is being made. */
  #nextId = 1;
  #handles = 0;
  #replenishing: Promise<void> | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  private constructor(directory: FileSystemDirectoryHandle, bridge: StrictBridge, options: PoolOptions) {
    this.#directory = directory;
    this.#bridge = bridge;
    this.#options = options;
  }

  /**
   * Opens all files of the database `name`, making again what vanished.
   *
   * @throws {@link StrataError} `UNAVAILABLE` if someone else holds the files; `NO_SPACE`; `IO_ERROR`.
   */
  static async open(name: string, options: PoolOptions): Promise<{ pool: OpfsPool; bridge: StrictBridge }> {
    const directory = await opfsDirectory(name);
    const { bridge, files } = await StrictBridge.open(name);
    const pool = new OpfsPool(directory, bridge, options);
    try {
      await pool.#openAll();
      await pool.#redo(files);
      for (const file of pool.#files.values()) if (file.header.file === null) pool.#spares.add(file);
      while (pool.#spares.size < Math.ceil(options.spares / 2) && pool.#handles < options.handlesMax) {
        await pool.#addSpare();
      }
    } catch (error) {
      await pool.close();
      throw asStorageError(error, `OPFS directory ${name}`);
    }
    const millis = Math.min(MAINTENANCE_MILLIS_MAX, options.youngMillis / 4);
    pool.#timer = setInterval(() => pool.#maintain(), millis);
    pool.#replenish();
    return { pool, bridge };
  }

  /** The files that hold a logical file, in order of generation. */
  used(): PhysicalFile[] {
    const used = [...this.#files.values()].filter((file) => file.header.file !== null);
    return used.sort((a, b) => a.generation - b.generation);
  }

  /** A file that now holds the empty logical file `file`: the oldest spare, or one in memory. */
  take(file: number): PhysicalFile {
    let found: PhysicalFile | undefined;
    for (const spare of this.#spares) if (!found || spare.oldAt < found.oldAt) found = spare;
    found ??= this.#add(this.#nextId++, new MemoryHandle(), Date.now(), Infinity);
    // Freeing it may have been cut off between header and truncation.
    if (found.size > HEADER_BYTES) found.truncate(HEADER_BYTES);
    found.writeHeader({ ...found.header, file, generation: ++this.#generation });
    this.#spares.delete(found);
    this.#replenish();
    return found;
  }

  /** Makes `file` a spare again; all that was bridged of any file must be committed. */
  free(file: PhysicalFile): void {
    file.free(++this.#generation);
    if (this.#bridged.delete(file.id)) this.#bridge.forget(file.id);
    if (file.inMemory) this.#files.delete(file.id);
    else this.#spares.add(file);
  }

  /** Makes what `file` holds durable: at once, or when the bridge has committed what this requests. */
  sync(file: PhysicalFile): void {
    file.flush();
    this.bridge(file);
  }

  /** Bridges what changed in `file`, if it needs that. */
  bridge(file: PhysicalFile): void {
    const changed = file.changed.take();
    if (!file.young) return;
    file.syncedSize = file.size; // The bridge reads it later, so from now on it must not be overwritten at once.
    this.#bridge.bridge(file, changed);
    this.#bridged.add(file.id);
  }

  /** Waits for what is under way and gives up all handles. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#replenishing;
    await this.#bridge.close();
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  async #openAll(): Promise<void> {
    const ids: number[] = [];
    for await (const name of this.#directory.keys()) {
      const match = FILE_NAME.exec(name);
      if (match) ids.push(Number(match[1]));
    }
    const deadline = performance.now() + this.#options.openMillis;
    // One after the other until the first is had: whoever holds one holds all.
    ids.sort((a, b) => a - b);
    this.#nextId = (ids.at(-1) ?? 0) + 1;
    const first = ids.shift();
    if (first === undefined) return;
    await this.#openExisting(first, deadline);
    const results = await Promise.allSettled(ids.map((id) => this.#openExisting(id, deadline)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  async #openExisting(id: number, deadline: number): Promise<void> {
    const handle = await openHandle(this.#directory, id, deadline);
    try {
      this.#adopt(id, handle);
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** Takes a file for what its header says it is. */
  #adopt(id: number, handle: SyncHandle): void {
    const bytes = new Uint8Array(HEADER_BYTES);
    const read = handle.read(bytes, { at: 0 });
    const header = decodeHeader(bytes);
    if (header) {
      const age = Math.max(0, Date.now() - header.createdAt);
      const oldAt = performance.now() + Math.max(0, this.#options.youngMillis - age);
      const file = new PhysicalFile(id, handle, header, oldAt);
      this.#files.set(id, file);
      this.#handles++;
      this.#generation = Math.max(this.#generation, header.generation);
      // What an earlier opening wrote and did not sync is in no piece of the bridge.
      if (file.young && header.file !== null) file.changed.add(0, file.size);
    } else if (read === 0 || bytes.every((byte) => byte === 0)) {
      this.#format(id, handle); // Its maker did not come to write the header.
    } else {
      handle.close();
      this.#setAside.add(id);
    }
  }

  /** Makes again, from the bridge, what the file system has lost; forgets what it has kept. */
  async #redo(bridged: Map<number, BridgedFile>): Promise<void> {
    for (const { generation } of bridged.values()) this.#generation = Math.max(this.#generation, generation);
    for (const [id, { generation, size }] of bridged) {
      this.#nextId = Math.max(this.#nextId, id + 1);
      const file = this.#files.get(id);
      if (file && file.generation > generation) {
        this.#bridge.forget(id);
        continue;
      }
      this.#bridged.add(id);
      if (file && file.generation === generation && file.size >= size) continue;
      this.#setAside.delete(id); // Its header is damaged, but here is all of it.
      await this.#restore(file ?? (await this.#make(id)), generation, size);
    }
  }

  /** Fills `file` from the bridge. Its header comes last: only then does it count as restored. */
  async #restore(file: PhysicalFile, generation: number, size: number): Promise<void> {
    file.truncate(0);
    file.writeHeader({ ...file.header, file: null, generation: 0 });
    let header: PoolHeader | null = null;
    await this.#bridge.replay(file.id, generation, (offset, bytes) => {
      if (offset === 0) header = decodeHeader(bytes) ?? header;
      const skipped = Math.max(0, HEADER_BYTES - offset);
      if (skipped < bytes.length) file.write(offset + skipped, bytes.subarray(skipped));
    });
    if (file.size > size) file.truncate(size);
    file.flush();
    const { createdAt } = file.header;
    file.writeHeader({ ...(header ?? file.header), createdAt });
    file.flush();
    file.changed.take();
  }

  /** A new file, in memory if there are too many handles. */
  async #make(id: number): Promise<PhysicalFile> {
    if (this.#handles >= this.#options.handlesMax)
      return this.#add(id, new MemoryHandle(), Date.now(), Infinity);
    const handle = await openHandle(this.#directory, id, 0);
    try {
      return this.#format(id, handle);
    } catch (error) {
      // Else each try, and there may be one every few seconds, would leave an empty file behind.
      await this.#directory.removeEntry(fileName(id)).catch(() => {});
      throw error;
    }
  }

  #format(id: number, handle: SyncHandle): PhysicalFile {
    try {
      const file = this.#add(id, handle, Date.now(), performance.now() + this.#options.youngMillis);
      this.#handles++;
      return file;
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  #add(id: number, handle: SyncHandle, createdAt: number, oldAt: number): PhysicalFile {
    const file = new PhysicalFile(id, handle, { file: null, generation: 0, createdAt }, oldAt);
    file.writeHeader(file.header);
    this.#files.set(id, file);
    return file;
  }

  async #addSpare(): Promise<void> {
    this.#keepSpare(await this.#make(this.#nextId++));
  }

  /** Makes a file that was just made a spare. */
  #keepSpare(file: PhysicalFile): void {
    file.changed.take();
    this.#spares.add(file);
    file.flush();
  }

  /** Makes handles for what is in memory, then spares. Failing is no harm: it is tried again. */
  #replenish(): void {
    if (this.#replenishing || this.#closed) return;
    this.#replenishing = this.#replenishNow()
      .catch(() => {})
      .finally(() => (this.#replenishing = null));
  }

  async #replenishNow(): Promise<void> {
    while (!this.#closed && this.#handles < this.#options.handlesMax) {
      const inMemory = [...this.#files.values()].find((file) => file.inMemory);
      if (inMemory) await this.#moveToOpfs(inMemory);
      else if (this.#spares.size < this.#options.spares) await this.#addSpare();
      else return;
    }
  }

  async #moveToOpfs(file: PhysicalFile): Promise<void> {
    const handle = await openHandle(this.#directory, file.id, 0);
    if (this.#files.get(file.id) !== file) return this.#keepSpare(this.#format(file.id, handle)); // Freed meanwhile.
    try {
      handle.truncate(0);
      file.moveTo(handle, Date.now(), performance.now() + this.#options.youngMillis);
      this.#handles++;
    } catch (error) {
      discard(handle);
      throw error;
    }
  }

  /** Forgets the pieces of files whose names are safe by now. */
  #maintain(): void {
    for (const id of this.#bridged) {
      const file = this.#files.get(id);
      if (!file || file.young) continue;
      try {
        file.flush();
      } catch {
        continue; // Its pieces stay; the next sync of the file tells the engine.
      }
      this.#bridged.delete(id);
      this.#bridge.forget(id);
    }
    this.#replenish();
  }
}

async function opfsDirectory(name: string): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    const parent = await root.getDirectoryHandle("stratadb", { create: true });
    return await parent.getDirectoryHandle(name, { create: true });
  } catch (error) {
    throw asStorageError(error, `OPFS directory ${name}`);
  }
}

/** Tries until `deadline` (on the clock of performance.now()), because a reload frees handles late: up to 0.6 s. */
async function openHandle(
  directory: FileSystemDirectoryHandle,
  id: number,
  deadline: number,
): Promise<SyncHandle> {
  const file = (await directory.getFileHandle(fileName(id), { create: true })) as FileHandle;
  for (let wait = 5; ; wait = Math.min(2 * wait, 200)) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      const held = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!held || performance.now() + wait > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Gives up a file that has got some bytes: the next opening must not take them for all of it. */
function discard(handle: SyncHandle): void {
  try {
    handle.truncate(0);
  } catch {
    // The failure before this one is the one to tell.
  }
  handle.close();
}

function asStorageError(error: unknown, where: string): StrataError {
  if (error instanceof StrataError) return error;
  const name = error instanceof DOMException ? error.name : "";
  const code =
    name === "NoModificationAllowedError"
      ? "UNAVAILABLE"
      : name === "QuotaExceededError"
        ? "NO_SPACE"
        : "IO_ERROR";
  return new StrataError(code, `${where}: ${String(error)}`, { cause: error });
}
