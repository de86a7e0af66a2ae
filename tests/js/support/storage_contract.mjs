// What every HostStorage must do (js/src/storage/host_storage.ts). Imports nothing, so that it runs in Node and in pages.

function check(condition, what) {
  if (!condition) throw new Error(what);
}

function throwsCode(code, action) {
  let found = "nothing was thrown";
  try {
    action();
  } catch (error) {
    if (error.name === "StrataError" && error.code === code) return;
    found = `${error.name} ${error.code}: ${error.message}`;
  }
  throw new Error(`expected a StrataError ${code}, found ${found}`);
}

const bytes = (...values) => Uint8Array.from(values);
const pattern = (size, seed) =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 255);

function readAll(storage, file) {
  const all = new Uint8Array(storage.size(file));
  storage.readAt(file, 0, all);
  return all;
}

function checkBytes(found, expected, what) {
  check(found.length === expected.length, `${what}: ${found.length} bytes, expected ${expected.length}`);
  const at = expected.findIndex((value, i) => found[i] !== value);
  check(at < 0, `${what}: byte ${at} is ${found[at]}, expected ${expected[at]}`);
}

/**
 * Cases by name, each an async function of `open`. `open()` opens the same place each time it is called; a place that
 * is new for each case. Pass `persistent: false` for storage that ends when it is closed.
 */
export function storageContract({ persistent }) {
  const cases = {
    "a new storage has no files": async (open) => {
      const storage = await open();
      check(storage.list().length === 0, `found files ${storage.list()}`);
      await storage.close();
    },

    "files are listed in ascending order of number": async (open) => {
      const storage = await open();
      for (const file of [12, 3, 100000000, 0]) storage.create(file);
      check(storage.list().join() === "0,3,12,100000000", `listed ${storage.list()}`);
      await storage.close();
    },

    "a new file is empty, and creating it again is ALREADY_EXISTS": async (open) => {
      const storage = await open();
      storage.create(1);
      check(storage.size(1) === 0, `size is ${storage.size(1)}`);
      storage.writeAt(1, 0, bytes(5));
      throwsCode("ALREADY_EXISTS", () => storage.create(1));
      check(storage.size(1) === 1, "the second create changed the file");
      await storage.close();
    },

    "every call on a file that is not there is NOT_FOUND": async (open) => {
      const storage = await open();
      throwsCode("NOT_FOUND", () => storage.size(9));
      throwsCode("NOT_FOUND", () => storage.readAt(9, 0, new Uint8Array(1)));
      throwsCode("NOT_FOUND", () => storage.writeAt(9, 0, bytes(1)));
      throwsCode("NOT_FOUND", () => storage.truncate(9, 0));
      throwsCode("NOT_FOUND", () => storage.sync(9));
      throwsCode("NOT_FOUND", () => storage.remove(9));
      await storage.close();
    },

    "what is written is read back, also in parts and when overwritten": async (open) => {
      const storage = await open();
      storage.create(1);
      const expected = pattern(200_000, 1);
      storage.writeAt(1, 0, expected.subarray(0, 70_001));
      storage.writeAt(1, 70_001, expected.subarray(70_001));
      storage.writeAt(1, 65_000, bytes(1, 2, 3));
      expected.set([1, 2, 3], 65_000);
      checkBytes(readAll(storage, 1), expected, "whole file");
      const part = new Uint8Array(5000);
      storage.readAt(1, 64_000, part);
      checkBytes(part, expected.subarray(64_000, 69_000), "part");
      await storage.close();
    },

    "a write does not keep the caller's array": async (open) => {
      const storage = await open();
      storage.create(1);
      const mine = bytes(1, 2, 3);
      storage.writeAt(1, 0, mine);
      mine.fill(9);
      checkBytes(readAll(storage, 1), bytes(1, 2, 3), "file");
      await storage.durable();
      checkBytes(readAll(storage, 1), bytes(1, 2, 3), "file after durable()");
      await storage.close();
    },

    "reading past the end is CORRUPTION, reading nothing is fine": async (open) => {
      const storage = await open();
      storage.create(1);
      storage.writeAt(1, 0, bytes(1, 2, 3));
      throwsCode("CORRUPTION", () => storage.readAt(1, 2, new Uint8Array(2)));
      throwsCode("CORRUPTION", () => storage.readAt(1, 4, new Uint8Array(1)));
      storage.readAt(1, 3, new Uint8Array(0));
      await storage.close();
    },

    "writing behind the end is INVALID_ARGUMENT and leaves the file as it was": async (open) => {
      const storage = await open();
      storage.create(1);
      storage.writeAt(1, 0, bytes(1));
      throwsCode("INVALID_ARGUMENT", () => storage.writeAt(1, 2, bytes(7)));
      checkBytes(readAll(storage, 1), bytes(1), "file");
      await storage.close();
    },

    "truncate cuts, never grows, and what follows is not there any more": async (open) => {
      const storage = await open();
      storage.create(1);
      storage.writeAt(1, 0, pattern(10_000, 2));
      storage.truncate(1, 100);
      check(storage.size(1) === 100, `size is ${storage.size(1)}`);
      throwsCode("INVALID_ARGUMENT", () => storage.truncate(1, 101));
      storage.writeAt(1, 100, bytes(42));
      const expected = pattern(10_000, 2).slice(0, 101);
      expected[100] = 42;
      checkBytes(readAll(storage, 1), expected, "file");
      await storage.close();
    },

    "a removed file is gone, and its number can be used again": async (open) => {
      const storage = await open();
      storage.create(1);
      storage.writeAt(1, 0, pattern(5000, 3));
      storage.remove(1);
      throwsCode("NOT_FOUND", () => storage.size(1));
      storage.create(1);
      check(storage.size(1) === 0, `the new file has ${storage.size(1)} bytes`);
      await storage.close();
    },

    "more files than may be open at once all keep their bytes": async (open) => {
      const storage = await open();
      const files = Array.from({ length: 150 }, (_, i) => i + 1);
      for (const file of files) {
        storage.create(file);
        storage.writeAt(file, 0, pattern(600, file));
        if (file % 2 === 0) storage.sync(file);
      }
      for (const file of files) checkBytes(readAll(storage, file), pattern(600, file), `file ${file}`);
      await storage.close();
    },

    "settled() and durable() resolve, also when nothing is under way": async (open) => {
      const storage = await open();
      await storage.settled();
      await storage.durable();
      storage.create(1);
      storage.writeAt(1, 0, bytes(1));
      await storage.settled();
      storage.sync(1);
      storage.syncNames();
      await storage.durable();
      await storage.close();
    },

    "after close() every call is CLOSED, and closing twice is fine": async (open) => {
      const storage = await open();
      storage.create(1);
      await storage.close();
      throwsCode("CLOSED", () => storage.list());
      throwsCode("CLOSED", () => storage.create(2));
      throwsCode("CLOSED", () => storage.size(1));
      await storage.close();
    },
  };

  if (persistent) {
    cases["synced files are there, whole, after closing and opening"] = async (open) => {
      const first = await open();
      for (const file of [1, 2, 3]) {
        first.create(file);
        first.writeAt(file, 0, pattern(100_000 * file, file));
        first.sync(file);
      }
      first.remove(2);
      first.truncate(3, 1234);
      first.writeAt(1, 50, bytes(1, 2, 3));
      first.sync(1);
      first.sync(3);
      first.syncNames();
      await first.durable();
      await first.close();

      const second = await open();
      check(second.list().join() === "1,3", `listed ${second.list()}`);
      const expected = pattern(100_000, 1);
      expected.set([1, 2, 3], 50);
      checkBytes(readAll(second, 1), expected, "file 1");
      checkBytes(readAll(second, 3), pattern(300_000, 3).subarray(0, 1234), "file 3");
      await second.close();
    };

    cases["writes without a sync are there after an orderly close"] = async (open) => {
      const first = await open();
      first.create(7);
      first.writeAt(7, 0, pattern(3000, 7));
      await first.settled();
      await first.close();
      const second = await open();
      checkBytes(readAll(second, 7), pattern(3000, 7), "file 7");
      await second.close();
    };

    cases["a second one cannot be opened while the first is"] = async (open) => {
      const first = await open();
      let code = "none: it opened";
      try {
        await (await open()).close();
      } catch (error) {
        code = error.code;
      }
      check(code === "UNAVAILABLE", `expected UNAVAILABLE, found ${code}`);
      await first.close();
      await (await open()).close();
    };
  }
  return cases;
}
