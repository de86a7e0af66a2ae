import { StrataError } from "./errors.js";
import { describe } from "./options.js";

/** A value that a metadata key can be compared with. */
export type FilterValue = string | number | boolean | null;

/** What one key's value must fulfil. A list fulfils a comparison if one of its elements does. */
export interface FilterCondition {
  $eq?: FilterValue;
  $ne?: FilterValue;
  $gt?: string | number;
  $gte?: string | number;
  $lt?: string | number;
  $lte?: string | number;
  $in?: readonly FilterValue[];
  $nin?: readonly FilterValue[];
  $exists?: boolean;
  /** The list holds the value, or the string holds it as a part. */
  $contains?: FilterValue;
  $startsWith?: string;
  $not?: FilterCondition;
}

/**
 * Which records to look at: keys of the metadata (dotted paths reach into nested objects) with a value (`$eq`) or
 * conditions, all of which must hold. The same can be written as text: `"year >= 1990 and tags contains 'db'"`.
 */
export interface Filter {
  $and?: readonly Filter[];
  $or?: readonly Filter[];
  $not?: Filter;
  [key: string]: FilterValue | FilterCondition | Filter | readonly Filter[] | undefined;
}

/** The one text that the engine reads: text stays itself, an object becomes JSON; empty for none. */
export function filterText(filter: Filter | string | undefined): string {
  if (filter === undefined) return "";
  if (typeof filter === "string") return filter;
  if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
    throw new StrataError(
      "INVALID_ARGUMENT",
      `filter must be an object or a string, found ${describe(filter)}`,
    );
  }
  try {
    return JSON.stringify(filter);
  } catch (error) {
    // Cyclic, a bigint, or nested so deeply that JSON.stringify itself gives up.
    throw new StrataError("INVALID_ARGUMENT", `filter cannot be written as JSON: ${String(error)}`, {
      cause: error,
    });
  }
}
