import { extname } from "node:path";
import { UsageError } from "../command.js";
import type { InputFile } from "../input_file.js";
import { readCsv } from "./csv.js";
import { readJsonLines } from "./jsonl.js";
import { readNpy } from "./npy.js";
import type { BatchLimits, FieldNames, RowReader } from "./rows.js";
import { readVecs } from "./vecs.js";

export const FORMATS = ["jsonl", "npy", "fvecs", "bvecs", "csv"] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".npy": "npy",
  ".fvecs": "fvecs",
  ".bvecs": "bvecs",
  ".csv": "csv",
};

/** The format that a file's name tells; stdin is JSON Lines. */
export function formatOf(path: string): Format {
  if (path === "-") return "jsonl";
  const extension = extname(path).toLowerCase();
  const format = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  if (!format) throw new UsageError(`the name of ${path} does not tell its format: say it with --format`);
  return format;
}

export interface ReadOptions {
  fields: FieldNames;
  /** Field names that the user gave. */
  wanted: readonly string[];
  stringIds: boolean;
  limits: BatchLimits;
}

export function readRows(
  file: InputFile,
  format: Format,
  { fields, wanted, stringIds, limits }: ReadOptions,
): RowReader {
  switch (format) {
    case "jsonl":
      return readJsonLines(file, fields, limits);
    case "npy":
      return readNpy(file, limits);
    case "fvecs":
    case "bvecs":
      return readVecs(file, format, limits);
    case "csv":
      return readCsv(file, { fields, wanted, stringIds }, limits);
  }
}
