// An origin private file system whose power can fail. It follows what was measured in Chromium: a file's name becomes
// durable some time after it was made, in the order of making, whatever is flushed; flushed bytes of a file whose name
// is durable are safe; bytes that were not flushed may be kept, lost or torn at 512 bytes.
const SECTOR = 512;

class FakeFile {
  madeAt = performance.now();
  /** What flush() has made durable, and what is written now. */
  durable = new Uint8Array(0);
  current = new Uint8Array(0);
  held = false;
}

export class FakeOpfs {
  /** In the order in which they were made. */
  files = new Map();
  /** Calls before the power fails; every call after that throws. */
  callsLeft = Infinity;
  /** Called before each call on a handle with its name and what it was given; throws what the call is to throw. */
  fault = () => {};
  #failedAt = 0;
  #nameDurableMillis;

  /** Names are durable `nameDurableMillis` after the making of their file. */
  constructor(nameDurableMillis) {
    this.#nameDurableMillis = nameDurableMillis;
  }

  /** Stands in for navigator.storage.getDirectory(). */
  directory() {
    return {
      getDirectoryHandle: async () => this.directory(),
      keys: () => [...this.files.keys()],
      getFileHandle: async (name) => {
        this.#count();
        if (!this.files.has(name)) this.files.set(name, new FakeFile());
        return { createSyncAccessHandle: async () => this.#handle(this.files.get(name)) };
      },
      removeEntry: async (name) => {
        this.#count();
        if (this.files.get(name)?.held) throw new DOMException("held", "NoModificationAllowedError");
        this.files.delete(name);
      },
    };
  }

  get failed() {
    return this.callsLeft <= 0;
  }

  /** The power fails now, unless it has already. */
  fail() {
    if (!this.failed) this.#failedAt = performance.now();
    this.callsLeft = 0;
  }

  /** Only the process has died: all that was written is there, safe or not. */
  restart() {
    for (const file of this.files.values()) file.held = false;
    this.callsLeft = Infinity;
  }

  /** What a reopening finds after the power failed: `random` decides about everything that was not durable. */
  losePower(random) {
    const young = [...this.files].filter(
      ([, file]) => this.#failedAt - file.madeAt < this.#nameDurableMillis,
    );
    for (const [name] of young.slice(random.below(young.length + 1))) this.files.delete(name);
    for (const file of this.files.values()) {
      file.current = file.durable = tear(file, random);
      file.held = false;
    }
    this.callsLeft = Infinity;
  }

  #count() {
    if (this.failed) throw new Error("the power has failed");
    if (--this.callsLeft <= 0) this.#failedAt = performance.now();
  }

  #handle(file) {
    if (file.held) throw new DOMException("held", "NoModificationAllowedError");
    file.held = true;
    return {
      read: (into, { at }) => {
        this.fault("read", into);
        if (this.failed) throw new Error("the power has failed");
        const bytes = file.current.subarray(at, at + into.length);
        into.set(bytes);
        return bytes.length;
      },
      write: (bytes, { at }) => {
        this.fault("write", bytes);
        this.#count();
        const grown = new Uint8Array(Math.max(file.current.length, at + bytes.length));
        grown.set(file.current);
        grown.set(bytes, at);
        file.current = grown;
        return bytes.length;
      },
      truncate: (size) => {
        this.#count();
        const cut = new Uint8Array(size);
        cut.set(file.current.subarray(0, size));
        file.current = cut;
      },
      getSize: () => file.current.length,
      flush: () => {
        this.fault("flush");
        this.#count();
        file.durable = file.current;
      },
      close: () => (file.held = false),
    };
  }
}

function tear({ durable, current }, random) {
  if (random.chance(0.3)) return durable;
  if (random.chance(0.3)) return current;
  const bytes = new Uint8Array(random.chance(0.5) ? current.length : durable.length);
  for (let at = 0; at < bytes.length; at += SECTOR) {
    const from = random.chance(0.5) ? current : durable;
    bytes.set(from.subarray(at, Math.min(at + SECTOR, bytes.length)), at);
  }
  return bytes;
}
