import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { StrataError } from "../errors.js";

/** Bytes asked of the operating system at once. */
const CHUNK_BYTES = 256 * 1024;
const STDIN = "-";

/** A failure of the file system, as the error that a caller of the library would get. */
export function fileError(error: unknown, path: string): StrataError {
  const { code, message } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === "ENOENT") return new StrataError("NOT_FOUND", `there is no file ${path}`, options);
  if (code === "EEXIST") return new StrataError("ALREADY_EXISTS", `there is a file ${path} already`, options);
  return new StrataError("IO_ERROR", `${path}: ${message}`, options);
}

/** A file that is read once, from front to back, in pieces; or stdin. */
export class InputFile {
  /** Handed out so far: how far reading has come. */
  bytesDone = 0;
  #stream: Readable | undefined;
  #chunks: AsyncIterator<Buffer> | undefined;
  /** Read and not handed out yet. */
  #held: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly path: string,
    /** Undefined for what has no size beforehand: stdin, pipes. */
    readonly byteCount: number | undefined,
  ) {}

  /** @param path - `-` is stdin. */
  static async open(path: string): Promise<InputFile> {
    if (path === STDIN) return new InputFile(path, undefined);
    const found = await stat(path).catch((error: unknown) => {
      throw fileError(error, path);
    });
    if (found.isDirectory())
      throw new StrataError("INVALID_ARGUMENT", `${path} is a directory, expected a file`);
    return new InputFile(path, found.isFile() ? found.size : undefined);
  }

  /** For messages. */
  get name(): string {
    return this.path === STDIN ? "stdin" : this.path;
  }

  /** The next `size` bytes, which stay to be read; fewer at the end of the file. */
  async peek(size: number): Promise<Buffer> {
    if (this.#held.length < size) {
      const parts = [this.#held];
      for (let length = this.#held.length; length < size;) {
        const chunk = await this.#nextChunk();
        if (!chunk) break;
        parts.push(chunk);
        length += chunk.length;
      }
      this.#held = Buffer.concat(parts);
    }
    return this.#held.subarray(0, size);
  }

  /** The next `size` bytes; fewer at the end of the file. The caller checks a size that stands in the file. */
  async read(size: number): Promise<Buffer> {
    const bytes = await this.peek(size);
    this.#held = this.#held.subarray(bytes.length);
    this.bytesDone += bytes.length;
    return bytes;
  }

  /** All that is left, as it comes. */
  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = this.#held.length > 0 ? this.#held : await this.#nextChunk();
      if (!chunk) return;
      this.#held = Buffer.alloc(0);
      this.bytesDone += chunk.length;
      yield chunk;
    }
  }

  close(): void {
    this.#stream?.destroy();
  }

  async #nextChunk(): Promise<Buffer | undefined> {
    try {
      // Not before: a stream that fails while nobody reads it would end the program.
      this.#stream ??=
        this.path === STDIN ? process.stdin : createReadStream(this.path, { highWaterMark: CHUNK_BYTES });
      this.#chunks ??= this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      const next = await this.#chunks.next();
      return next.done ? undefined : next.value;
    } catch (error) {
      throw fileError(error, this.name);
    }
  }
}
