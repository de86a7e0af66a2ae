import { open } from "../../node/index.js";
import type { Command } from "../command.js";
import { formatBytes, printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";

export const compactCommand: Command = {
  name: "compact",
  summary: "merges segments, drops dead rows, builds indexes",
  usage: "usage: stratadb compact DIRECTORY [--json]",
  positionals: ["DIRECTORY"],
  options: {},
  async run(line, signal) {
    const json = line.flag("json");
    await using db = await open(line.at("DIRECTORY"), { create: false });
    const before = (await db.stats()).bytes;
    const bar = new ProgressBar("compact", json);
    await db.compact({ signal, onProgress: (done) => bar.update(done) });
    bar.end();
    const after = (await db.stats()).bytes;
    if (json) printJson({ bytesBefore: before, bytesAfter: after });
    else console.log(`${formatBytes(before)} before, ${formatBytes(after)} after`);
    return 0;
  },
};
