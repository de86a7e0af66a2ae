import { describe, test } from "node:test";
import { freshPath } from "./support/folder.mjs";
import { importSources } from "./support/source.mjs";
import { storageContract } from "./support/storage_contract.mjs";

const { MemoryStorage, NodeFiles } = await importSources(
  "storage/memory_storage.ts",
  "storage/node_files.ts",
);

describe("MemoryStorage", () => {
  for (const [name, run] of Object.entries(storageContract({ persistent: false }))) {
    test(name, () => run(async () => new MemoryStorage()));
  }
});

describe("NodeFiles", () => {
  for (const [name, run] of Object.entries(storageContract({ persistent: true }))) {
    test(name, async (t) => {
      const path = freshPath(t);
      await run(() => NodeFiles.open(path, { readOnly: false, create: true }));
    });
  }
});
