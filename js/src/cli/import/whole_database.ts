import { Readable } from "node:stream";
import { open } from "../../node/index.js";
import { badInput } from "../formats/rows.js";
import { InputFile } from "../input_file.js";
import { printJson } from "../output.js";
import { ProgressBar } from "../progress_bar.js";

/** How an export begins: docs/formats/export.md. */
const BEGINNING = '{"strata":"export"';

/** Reads what `stratadb export` wrote. */
export async function importWholeDatabase(
  directory: string,
  path: string,
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<void> {
  const file = await InputFile.open(path);
  try {
    if ((await file.peek(BEGINNING.length)).toString() !== BEGINNING) {
      badInput(
        file.name,
        "it is no export of a database; to import records, name their collection before the file",
      );
    }
    await using db = await open(directory);
    const bar = new ProgressBar("import", json);
    const bytes = Readable.toWeb(Readable.from(file.chunks())) as ReadableStream<Uint8Array>;
    const summary = await db.import(bytes, { signal, onProgress: (done) => bar.update(done) });
    await db.flush();
    bar.end();
    if (json) printJson(summary);
    else console.log(`stored ${summary.records} records in ${summary.collections} collections`);
  } finally {
    file.close();
  }
}
