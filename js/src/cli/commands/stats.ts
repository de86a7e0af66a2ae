import { open } from "../../node/index.js";
import type { Command } from "../command.js";
import { formatBytes, printJson, printTable } from "../output.js";

export const statsCommand: Command = {
  name: "stats",
  summary: "what is in a database, and how large it is",
  usage: "usage: stratadb stats DIRECTORY [--json]",
  positionals: ["DIRECTORY"],
  options: {},
  async run(line) {
    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const stats = await db.stats();
    if (line.flag("json")) {
      printJson({ ...stats, recovery: db.recovery });
      return 0;
    }
    printTable([
      ["files", `${stats.files}, ${formatBytes(stats.bytes)}`],
      ["batches", String(stats.sequence)],
      ["opened for writing", `${stats.epoch} times`],
    ]);
    for (const one of stats.collections) {
      console.log(`\n${one.name}`);
      printTable([
        ["  records", String(one.records)],
        ["  in the log only", String(one.memtableRecords)],
        ["  segments", `${one.segments}, ${one.deadRows} dead rows, ${one.indexedRows} rows indexed`],
      ]);
    }
    for (const note of db.recovery.notes) console.error(`note: ${note}`);
    return 0;
  },
};
