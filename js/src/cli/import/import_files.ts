import type { RecordInput } from "../../records.js";
import { readRows, type Format, type ReadOptions } from "../formats/formats.js";
import type { Row } from "../formats/rows.js";
import { withMetadata } from "../formats/with_metadata.js";
import { InputFile } from "../input_file.js";

/** Which files to read, and how. */
export interface ImportRequest extends ReadOptions {
  files: readonly { path: string; format: Format }[];
  /** JSON Lines with what belongs to the vectors of the only file. */
  metadataPath?: string;
}

/** Records that are stored together. */
export interface RecordBatch {
  records: RecordInput[];
  /** The part of a file they came from, for messages. */
  where: string;
}

/** The records of several files, one after the other. Whoever opens it closes it. */
export class ImportFiles {
  private constructor(
    private readonly request: ImportRequest,
    private readonly files: readonly InputFile[],
  ) {}

  /** Fails, if at all, before anything has been read. */
  static async open(request: ImportRequest): Promise<ImportFiles> {
    const paths = request.files.map(({ path }) => path);
    if (request.metadataPath !== undefined) paths.push(request.metadataPath);
    const files: InputFile[] = [];
    for (const path of paths) files.push(await InputFile.open(path));
    return new ImportFiles(request, files);
  }

  /** The part read so far, in [0, 1]; undefined where it cannot be known. */
  get done(): number | undefined {
    let total = 0;
    for (const { byteCount } of this.files) total += byteCount ?? NaN;
    return total > 0 ? this.files.reduce((sum, file) => sum + file.bytesDone, 0) / total : undefined;
  }

  /** A record without an id gets its number as one, counted from 0 over all files. */
  async *batches(): AsyncGenerator<RecordBatch, void, undefined> {
    const { files, metadataPath } = this.request;
    let number = 0;
    const named = (row: Row): RecordInput => ({ id: number++, ...row });
    for (const [i, { format }] of files.entries()) {
      let rows = readRows(this.files[i]!, format, this.request);
      if (metadataPath !== undefined) {
        rows = withMetadata(rows, readRows(this.files[i + 1]!, "jsonl", this.request), metadataPath);
      }
      for await (const batch of rows) yield { records: batch.rows.map(named), where: batch.where };
    }
  }

  close(): void {
    this.files.forEach((file) => file.close());
  }
}
