import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { StrataError, type ErrorCode } from "../errors.js";
import {
  checkRead,
  checkTruncate,
  checkWrite,
  type HostStorage,
  type StorageDescription,
} from "./host_storage.js";
import { DirectoryLock } from "./node_lock.js";

export interface NodeFilesOptions {
  /** Every call that would change something is `READ_ONLY`; many such storages may share a directory nobody writes. */
  readOnly: boolean;
  /** Make the directory if it is not there. */
  create: boolean;
  /** Gives up waiting for the lock. */
  signal?: AbortSignal | undefined;
}

const FILE_NAME = /^(\d{8,})\.strata$/;
/** Leaves room for a process's other files; the least recently used without unsynced bytes is closed first. */
const OPEN_FILES_MAX = 64;
const NO_FOLLOW = fs.constants.O_NOFOLLOW ?? 0; // Absent on Windows.

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "NOT_FOUND",
  EEXIST: "ALREADY_EXISTS",
  ENOSPC: "NO_SPACE",
  EDQUOT: "NO_SPACE",
  EFBIG: "NO_SPACE",
};

function storageError(error: unknown, what: string): StrataError {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  return new StrataError(CODES[code] ?? "IO_ERROR", message, { cause: error });
}

function syncDirectory(path: string): void {
  if (process.platform === "win32") return; // NTFS logs names itself, and cannot open a directory to be synced.
  const descriptor = fs.openSync(path, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Makes a directory and those above it that are missing; their names then survive power loss. */
function makeDirectory(path: string): void {
  const first = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) syncDirectory(dirname(made));
}

interface OpenFile {
  descriptor: number;
  size: number;
  unsynced: boolean;
}

/**
 * Numbered files in one directory, as PosixEnv of core/src/env keeps them, under the same names and the same lock, so
 * that a native program and Node can open the same database in turn. The directory is made with mode 0700, files with
 * 0600; a directory or file that is a symbolic link is refused, and other names in the directory are left alone.
 */
export class NodeFiles implements HostStorage {
  readonly description: StorageDescription;
  readonly #directory: string;
  readonly #readOnly: boolean;
  readonly #lock: DirectoryLock | null;
  /** In order of use, the least recent first. */
  readonly #open = new Map<number, OpenFile>();
  #closed = false;

  private constructor(directory: string, readOnly: boolean, lock: DirectoryLock | null) {
    this.#directory = directory;
    this.#readOnly = readOnly;
    this.#lock = lock;
    this.description = { kind: "file", durable: true, location: directory };
  }

  /**
   * `UNAVAILABLE` if another process still holds the directory after a few seconds; `NOT_FOUND` if it is absent and not
   * to be made; `INVALID_ARGUMENT` if it is a symbolic link or no directory; `IO_ERROR`.
   */
  static async open(location: string, { readOnly, create, signal }: NodeFilesOptions): Promise<NodeFiles> {
    const directory = resolve(location);
    try {
      if (create && !readOnly) makeDirectory(directory);
      const found = fs.lstatSync(directory);
      if (found.isSymbolicLink() || !found.isDirectory()) {
        const what = found.isSymbolicLink() ? "a symbolic link" : "not a directory";
        throw new StrataError("INVALID_ARGUMENT", `${directory} is ${what}`);
      }
    } catch (error) {
      if (error instanceof StrataError) throw error;
      if ((error as NodeJS.ErrnoException).code === "EEXIST") {
        throw new StrataError("INVALID_ARGUMENT", `${directory} is not a directory`, { cause: error });
      }
      throw storageError(error, directory);
    }
    const lock = await DirectoryLock.take(directory, { probe: readOnly, signal });
    return new NodeFiles(directory, readOnly, lock);
  }

  list(): number[] {
    this.#checkOpen();
    return this.#attempt("list", () => {
      const files = fs.readdirSync(this.#directory).flatMap((name) => {
        const file = Number(FILE_NAME.exec(name)?.[1] ?? NaN);
        return Number.isSafeInteger(file) && this.#name(file) === name ? [file] : [];
      });
      return files.sort((a, b) => a - b);
    });
  }

  create(file: number): void {
    this.#checkWritable();
    const { O_CREAT, O_EXCL, O_RDWR } = fs.constants;
    const descriptor = this.#attempt(`create ${this.#name(file)}`, () =>
      fs.openSync(this.#path(file), O_CREAT | O_EXCL | O_RDWR | NO_FOLLOW, 0o600),
    );
    this.#keep(file, { descriptor, size: 0, unsynced: false });
  }

  size(file: number): number {
    return this.#find(file).size;
  }

  readAt(file: number, offset: number, into: Uint8Array): void {
    const { descriptor, size } = this.#find(file);
    checkRead(file, size, offset, into.length);
    this.#attempt(`read ${this.#name(file)}`, () => {
      for (let done = 0; done < into.length;) {
        const read = fs.readSync(descriptor, into, done, into.length - done, offset + done);
        if (read === 0)
          throw new StrataError("CORRUPTION", `file ${file} ends before byte ${offset + into.length}`);
        done += read;
      }
    });
  }

  writeAt(file: number, offset: number, bytes: Uint8Array): void {
    this.#checkWritable();
    const open = this.#find(file);
    checkWrite(file, open.size, offset);
    open.unsynced = true;
    this.#attempt(`write ${this.#name(file)}`, () => {
      for (let done = 0; done < bytes.length;) {
        const written = fs.writeSync(open.descriptor, bytes, done, bytes.length - done, offset + done);
        if (written <= 0) throw new StrataError("IO_ERROR", `writing to file ${file} makes no progress`);
        done += written;
        open.size = Math.max(open.size, offset + done); // Also when a later part fails.
      }
    });
  }

  truncate(file: number, size: number): void {
    this.#checkWritable();
    const open = this.#find(file);
    checkTruncate(file, open.size, size);
    this.#attempt(`truncate ${this.#name(file)}`, () => fs.ftruncateSync(open.descriptor, size));
    open.size = size;
    open.unsynced = true;
  }

  sync(file: number): void {
    this.#checkWritable();
    const open = this.#find(file);
    // F_FULLFSYNC on macOS, by libuv.
    this.#attempt(`sync ${this.#name(file)}`, () => fs.fdatasyncSync(open.descriptor));
    open.unsynced = false;
  }

  syncNames(): void {
    this.#checkWritable();
    this.#attempt("sync the directory", () => syncDirectory(this.#directory));
  }

  remove(file: number): void {
    this.#checkWritable();
    this.#find(file); // NOT_FOUND, and no following of links.
    this.#forget(file);
    this.#attempt(`remove ${this.#name(file)}`, () => fs.unlinkSync(this.#path(file)));
  }

  async settled(): Promise<void> {}

  async durable(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of [...this.#open.keys()]) this.#forget(file);
    await this.#lock?.release();
  }

  #name(file: number): string {
    return `${String(file).padStart(8, "0")}.strata`;
  }

  #path(file: number): string {
    return `${this.#directory}/${this.#name(file)}`;
  }

  #attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof StrataError) throw error;
      throw storageError(error, `${this.#directory}: cannot ${what}`);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new StrataError("CLOSED", "the storage is closed");
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#readOnly) throw new StrataError("READ_ONLY", `${this.#directory} was opened read-only`);
  }

  #find(file: number): OpenFile {
    this.#checkOpen();
    const open = this.#open.get(file);
    if (!open) return this.#openFile(file);
    this.#open.delete(file); // To the end: most recently used.
    this.#open.set(file, open);
    return open;
  }

  #openFile(file: number): OpenFile {
    const access = this.#readOnly ? fs.constants.O_RDONLY : fs.constants.O_RDWR;
    return this.#attempt(`open ${this.#name(file)}`, () => {
      const descriptor = fs.openSync(this.#path(file), access | NO_FOLLOW);
      const found = fs.fstatSync(descriptor);
      if (!found.isFile()) {
        fs.closeSync(descriptor);
        throw new StrataError("IO_ERROR", `${this.#path(file)} is not a regular file`);
      }
      return this.#keep(file, { descriptor, size: found.size, unsynced: false });
    });
  }

  #keep(file: number, open: OpenFile): OpenFile {
    this.#open.set(file, open);
    if (this.#open.size > OPEN_FILES_MAX) {
      // One with unsynced bytes stays: the kernel reports a failed write-back only to descriptors open at that time.
      for (const [candidate, { unsynced }] of this.#open) {
        if (unsynced || candidate === file) continue;
        this.#forget(candidate);
        break;
      }
    }
    return open;
  }

  #forget(file: number): void {
    const open = this.#open.get(file);
    if (!open) return;
    this.#open.delete(file);
    fs.closeSync(open.descriptor);
  }
}
