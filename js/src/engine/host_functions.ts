import { errorNumber, StrataError, type ErrorCode } from "../errors.js";
import type { HostStorage } from "../storage/host_storage.js";

/**
 * The functions that bindings/wasm/host_env.cc and number_text.cc import. Those for files answer 0, or the negative
 * number of an error whose message {@link lastMessage} then holds; none of them throws, because a JavaScript exception
 * must not cross C++. Addresses and sizes are bytes in the instance's memory, and above 2 GiB they arrive as negative
 * numbers; file numbers and offsets are doubles holding safe integers.
 */
export interface HostFunctions {
  /** Writes at most `capacity` file numbers as doubles to `out`; answers how many files there are. */
  list(out: number, capacity: number): number;
  create(file: number): number;
  /** The size, or a negative error. */
  size(file: number): number;
  readAt(file: number, offset: number, out: number, bytes: number): number;
  writeAt(file: number, offset: number, from: number, bytes: number): number;
  truncate(file: number, size: number): number;
  sync(file: number): number;
  syncNames(): number;
  remove(file: number): number;
  /** Writes at most `capacity` bytes of the last error's UTF-8 message to `out`; answers how many. */
  lastMessage(out: number, capacity: number): number;
  /** Microseconds from some moment, never going back. */
  nowMicros(): number;
  fillRandom(out: number, bytes: number): void;
  /** Tells how far long work has come; answers whether to go on. */
  progress(done: number): boolean;
  /** The double nearest to the JSON number whose digits stand at `text`. */
  numberValue(text: number, bytes: number): number;
  /** Writes the shortest text of `value` to `out`, 25 characters or less; answers how many. */
  numberText(value: number, out: number): number;
}

/** What {@link makeHostFunctions} connects: `progress` belongs to whichever call is running. */
export interface Host {
  storage: HostStorage;
  /** Asked for at each use, because growing it detaches every earlier buffer. */
  memory(): WebAssembly.Memory;
  progress(done: number): boolean;
}

/** crypto.getRandomValues takes no more at once. */
const RANDOM_BYTES_MAX = 65536;

export function makeHostFunctions(host: Host): HostFunctions {
  const { storage } = host;
  let lastMessage = "";

  const fail = (error: unknown): number => {
    const code: ErrorCode = error instanceof StrataError ? error.code : "IO_ERROR";
    lastMessage = error instanceof Error ? error.message : String(error);
    return -errorNumber(code);
  };
  const attempt = (action: () => void): number => {
    try {
      action();
      return 0;
    } catch (error) {
      return fail(error);
    }
  };
  const bytesAt = (address: number, bytes: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(host.memory().buffer, address >>> 0, bytes >>> 0);

  return {
    list(out, capacity) {
      try {
        const files = storage.list();
        if (capacity > 0) {
          new Float64Array(host.memory().buffer, out >>> 0, capacity).set(files.slice(0, capacity));
        }
        return files.length;
      } catch (error) {
        return fail(error);
      }
    },
    create: (file) => attempt(() => storage.create(file)),
    size(file) {
      try {
        return storage.size(file);
      } catch (error) {
        return fail(error);
      }
    },
    readAt: (file, offset, out, bytes) => attempt(() => storage.readAt(file, offset, bytesAt(out, bytes))),
    writeAt: (file, offset, from, bytes) =>
      attempt(() => storage.writeAt(file, offset, bytesAt(from, bytes))),
    truncate: (file, size) => attempt(() => storage.truncate(file, size)),
    sync: (file) => attempt(() => storage.sync(file)),
    syncNames: () => attempt(() => storage.syncNames()),
    remove: (file) => attempt(() => storage.remove(file)),
    lastMessage: (out, capacity) => new TextEncoder().encodeInto(lastMessage, bytesAt(out, capacity)).written,
    nowMicros: () => performance.now() * 1000,
    fillRandom(out, bytes) {
      for (let done = 0; done < bytes; done += RANDOM_BYTES_MAX) {
        crypto.getRandomValues(bytesAt(out + done, Math.min(RANDOM_BYTES_MAX, bytes - done)));
      }
    },
    progress(done) {
      try {
        return host.progress(done);
      } catch {
        return false; // A caller's onProgress threw: stop the work; the call that runs reports why.
      }
    },
    numberValue(text, bytes) {
      // Digit by digit: a number may have more of them than a call may have arguments.
      let digits = "";
      for (const digit of bytesAt(text, bytes)) digits += String.fromCharCode(digit);
      return Number(digits);
    },
    numberText(value, out) {
      const text = String(value);
      const bytes = bytesAt(out, text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      return text.length;
    },
  };
}
