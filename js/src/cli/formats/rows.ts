import { StrataError } from "../../errors.js";
import type { RecordInput } from "../../records.js";

/** A record as a file has it: one without an id is named by its number later. */
export type Row = Omit<RecordInput, "id"> & Partial<Pick<RecordInput, "id">>;

/** Some rows of a file, few enough to hold in memory. */
export interface RowBatch {
  rows: Row[];
  /** The part of the file they came from, for messages: "a.jsonl, lines 1 to 1000". */
  where: string;
}

/** What every format's reader does: rows in the order of the file, in batches; `INVALID_ARGUMENT` names file and place. */
export type RowReader = AsyncGenerator<RowBatch, void, undefined>;

/** Where to cut: a batch ends at so many rows, or when so many bytes of the file have gone into it. */
export interface BatchLimits {
  rows: number;
  bytes: number;
}

/** Members or columns that are not metadata. */
export interface FieldNames {
  id: string;
  vector: string;
  text: string;
}

export function badInput(where: string, what: string): never {
  throw new StrataError("INVALID_ARGUMENT", `${where}: ${what}`);
}

/** Checks that vectors of one file have one length, which its first vector decides. */
export class OneDimension {
  #first: { length: number; where: string } | undefined;

  check(length: number, where: string): void {
    this.#first ??= { length, where };
    if (length === this.#first.length) return;
    badInput(
      where,
      `the vector has ${length} numbers, expected ${this.#first.length} as in ${this.#first.where}`,
    );
  }
}

/** Cuts a file's rows of text into batches. */
export class BatchCutter {
  #rows: Row[] = [];
  #bytes = 0;
  #firstLine = 0;

  constructor(
    private readonly file: string,
    private readonly limits: BatchLimits,
  ) {}

  /** Answers with a batch when this row fills it. */
  add(row: Row, bytes: number, line: number): RowBatch | undefined {
    if (this.#rows.length === 0) this.#firstLine = line;
    this.#rows.push(row);
    this.#bytes += bytes;
    return this.#rows.length >= this.limits.rows || this.#bytes >= this.limits.bytes
      ? this.rest(line)
      : undefined;
  }

  /** What has been added since the last batch, if anything. */
  rest(lastLine: number): RowBatch | undefined {
    if (this.#rows.length === 0) return undefined;
    const batch = { rows: this.#rows, where: `${this.file}, lines ${this.#firstLine} to ${lastLine}` };
    this.#rows = [];
    this.#bytes = 0;
    return batch;
  }
}
