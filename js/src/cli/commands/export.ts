import { open as openFile, rm, stat } from "node:fs/promises";
import { Writable } from "node:stream";
import { open } from "../../node/index.js";
import type { Command } from "../command.js";
import { fileError } from "../input_file.js";
import { printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";

export const exportCommand: Command = {
  name: "export",
  summary: "the whole database as one stream that any platform imports",
  usage: `usage: stratadb export DIRECTORY [FILE] [--json]

Writes to FILE, or to stdout. \`stratadb import DIRECTORY FILE\` reads it back.`,
  positionals: ["DIRECTORY", "[FILE]"],
  options: {},
  async run(line, signal) {
    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const path = line.optional("FILE");
    const json = line.flag("json");
    const target = path === undefined ? process.stdout : await createFile(path);
    const bar = new ProgressBar("export", path === undefined || json);
    try {
      await db.export(Writable.toWeb(target) as WritableStream<Uint8Array>, {
        signal,
        onProgress: (done) => bar.update(done),
      });
    } catch (error) {
      // What is there is half a database.
      if (path !== undefined) await rm(path, { force: true });
      throw error;
    } finally {
      bar.end();
    }
    if (path !== undefined && json) printJson({ file: path, bytes: (await stat(path)).size });
    return 0;
  },
};

async function createFile(path: string): Promise<Writable> {
  try {
    // "wx": an export that took an hour is not overwritten by a slip.
    return (await openFile(path, "wx")).createWriteStream();
  } catch (error) {
    throw fileError(error, path);
  }
}
