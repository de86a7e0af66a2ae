import { StrataError } from "../errors.js";
import { describe } from "../options.js";
import type { EngineMethods, MethodName } from "./methods.js";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isBytes: Check = (value) => value instanceof Uint8Array;
const isFloats: Check = (value) => value instanceof Float32Array;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(fields).every((name) => fields[name]!((value as Record<string, unknown>)[name]));

const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const MAX_U64 = 2n ** 64n - 1n;
const token = optional(
  shape({
    client: (value) => typeof value === "bigint" && value >= 0n && value <= MAX_U64,
    request: isCount,
  }),
);
const search = shape({ numbers: listOf(isNumber), filter: isText, text: optional(isText) });
const scan = shape({
  prefix: optional(isText),
  from: optional(isBytes),
  to: optional(isBytes),
  filter: isText,
  limit: isNumber,
  include: isCount,
});
const options = shape({ numbers: listOf(isCount), indexed: optional(listOf(isText)) });
const collection = isText;
const view = optional(isCount);

/** What the arguments of each method must be. */
const SHAPES: { [M in MethodName]: { [Name in keyof Required<EngineMethods[M]["args"]>]: Check } } = {
  openCollection: { name: isText, options: optional(options) },
  collections: {},
  drop: { name: isText },
  write: { collection, head: isBytes, vectors: optional(isFloats), token },
  deleteWhere: { collection, filter: isText, token },
  get: { collection, view, ids: isBytes, include: isCount },
  has: { collection, view, ids: isBytes },
  count: { collection, view, filter: isText },
  scan: { collection, view, scan, page: isCount },
  scanNext: { cursor: isCount, page: isCount },
  scanClose: { cursor: isCount },
  search: { collection, view, query: isFloats, search },
  explain: { collection, view, query: isFloats, search },
  searchMany: { collection, view, queries: isFloats, search },
  view: { collection },
  viewClose: { view: isCount },
  inspect: { collection, what: isCount, argument: optional(isCount), layer: view, query: optional(isFloats) },
  flush: {},
  compact: {},
  verify: {},
  stats: {},
  opened: {},
  close: {},
};

/**
 * Throws `INVALID_ARGUMENT` unless `method` is one and `args` has the shape it needs. Requests may come from another
 * tab, and an engine that trusts them would pass nonsense on to WebAssembly.
 */
export function checkRequest(method: string, args: unknown): void {
  if (!Object.hasOwn(SHAPES, method)) {
    throw new StrataError("INVALID_ARGUMENT", `the engine has no method ${describe(method)}`);
  }
  const fields = SHAPES[method as MethodName] as Record<string, Check>;
  for (const name in fields) {
    const value = (args as Record<string, unknown> | null | undefined)?.[name];
    if (fields[name]!(value)) continue;
    throw new StrataError("INVALID_ARGUMENT", `${method}: ${name} cannot be ${describe(value)}`);
  }
}
