import { StrataError, throwIfAborted } from "./errors.js";
import { Crc32 } from "./wire/crc32.js";

/** A record's metadata and text at their largest, with room for escapes. */
const LINE_BYTES_MAX = 128 * 2 ** 20;
const NEWLINE = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Collects lines of JSON until the next check, then writes them with their checksum. */
export class ExportLines {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #lines: string[] = [];

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  add(line: object): void {
    this.#lines.push(`${JSON.stringify(line)}\n`);
  }

  /** Writes what was added and a check line; nothing if nothing was. */
  async check(): Promise<void> {
    if (this.#lines.length === 0) return;
    const bytes = encoder.encode(this.#lines.join(""));
    this.#lines = [];
    await this.#write(bytes);
    await this.#write(encoder.encode(`{"check":"${new Crc32().add(bytes).hex()}"}\n`));
  }
}

/** Reads lines of JSON, counting them and their checksum. */
export class LineReader {
  #line = 0;
  #crc = new Crc32();
  /** The checksum before the last line, which is the one that a check line states. */
  #crcBefore = "";

  /** The object on the next line. `CORRUPTION` if there is none. */
  read(bytes: Uint8Array): Record<string, unknown> {
    this.#line++;
    this.#crcBefore = this.#crc.hex();
    this.#crc.add(bytes);
    try {
      const value: unknown = JSON.parse(decoder.decode(bytes));
      if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    } catch {
      // Told below, with the line.
    }
    return this.fail("it is not a JSON object");
  }

  /** Compares `hex` with the lines since the last check. */
  check(hex: string): void {
    if (hex !== this.#crcBefore)
      this.fail(`the checksum of the lines before it is ${this.#crcBefore}, expected ${hex}`);
    this.#crc = new Crc32();
  }

  fail(what: string): never {
    throw new StrataError("CORRUPTION", `import: line ${this.#line}: ${what}`);
  }
}

/** The lines of a stream, each with its newline. `CORRUPTION` if the last one has none. */
export async function* byteLines(
  readable: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = readable.getReader();
  let parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      throwIfAborted(signal);
      const { done, value } = await reader.read();
      if (done) break;
      let start = 0;
      for (let end = value.indexOf(NEWLINE); end >= 0; end = value.indexOf(NEWLINE, start)) {
        yield join(parts, value.subarray(start, end + 1), size);
        parts = [];
        size = 0;
        start = end + 1;
      }
      if (start === value.length) continue;
      parts.push(value.slice(start));
      size += value.length - start;
      if (size > LINE_BYTES_MAX) {
        throw new StrataError("CORRUPTION", `import: a line is longer than ${LINE_BYTES_MAX} bytes`);
      }
    }
    if (size > 0) throw new StrataError("CORRUPTION", "import: the last line is cut");
  } finally {
    await reader.cancel().catch(() => {}); // Nobody reads on; a stream that has failed cannot fail again.
  }
}

function join(parts: readonly Uint8Array[], last: Uint8Array, size: number): Uint8Array {
  if (parts.length === 0) return last;
  const joined = new Uint8Array(size + last.length);
  let at = 0;
  for (const part of [...parts, last]) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
