import { StrataError, throwIfAborted } from "./errors.js";
import type { EngineClient } from "./engine/client.js";
import {
  INCLUDE_METADATA,
  INCLUDE_TEXT,
  INCLUDE_VECTOR,
  type ScanArgs,
  type SearchArgs,
} from "./engine/methods.js";
import { filterText, type Filter } from "./filter.js";
import { checkId, isWellFormed, type RecordId } from "./ids.js";
import {
  describe,
  INT32_MAX,
  integerOption,
  booleanOption,
  fusionOptions,
  optionsObject,
  type GetOptions,
  type Include,
  type ScanOptions,
  type SearchOptions,
  type SearchQuery,
} from "./options.js";
import type { Explanation, Hit, SearchManyResult, StoredRecord } from "./records.js";
import { asFloat32, type VectorInput } from "./vectors.js";
import { packIds } from "./wire/batch.js";
import { decodeHits, decodeRecords, decodeSearchMany, hitsOf } from "./wire/records.js";
import { decodeReply } from "./wire/reply.js";

const INCLUDE_BITS: Readonly<Record<Include, number>> = {
  metadata: INCLUDE_METADATA,
  text: INCLUDE_TEXT,
  vector: INCLUDE_VECTOR,
};
const EVERYTHING: readonly Include[] = ["metadata", "text", "vector"];
const METADATA_ONLY: readonly Include[] = ["metadata"];
/** Records fetched at once during a scan: enough to hide the way to a worker, few enough to hold in memory. */
const SCAN_PAGE = 256;
const SEARCH_OPTIONS = [
  "k",
  "filter",
  "efSearch",
  "probes",
  "radius",
  "exact",
  "rescore",
  "include",
  "signal",
] as const;

const invalid = (message: string): StrataError => new StrataError("INVALID_ARGUMENT", message);

function includeBits(include: readonly Include[] | undefined, fallback: readonly Include[]): number {
  if (include !== undefined && !Array.isArray(include)) {
    throw invalid(`include must be an array, found ${describe(include)}`);
  }
  let bits = 0;
  for (const part of (include as readonly Include[] | undefined) ?? fallback) {
    if (!Object.hasOwn(INCLUDE_BITS, part)) {
      throw invalid(`include holds ${describe(part)}; there are 'metadata', 'text' and 'vector'`);
    }
    bits |= INCLUDE_BITS[part];
  }
  return bits;
}

/** Whether a query is words or an object of parts, and not just a vector. */
const isQuery = (query: unknown): query is string | SearchQuery =>
  typeof query === "string" ||
  (typeof query === "object" && query !== null && !Array.isArray(query) && !ArrayBuffer.isView(query));

/** Checks the options of a search and fills in the defaults. */
function searchArgs(options: SearchOptions | undefined, query: SearchQuery = {}): SearchArgs {
  const given = optionsObject("search()", options, SEARCH_OPTIONS);
  const { radius } = given;
  if (radius !== undefined && (typeof radius !== "number" || Number.isNaN(radius))) {
    throw invalid(`radius must be a number, found ${describe(radius)}`);
  }
  return {
    // The order is that of bindings/wasm/session.h.
    numbers: [
      integerOption("k", given.k, 10, 1, INT32_MAX),
      integerOption("efSearch", given.efSearch, 0, 1, INT32_MAX),
      integerOption("probes", given.probes, 0, 1, INT32_MAX),
      radius ?? Infinity,
      +booleanOption("exact", given.exact, false),
      integerOption("rescore", given.rescore, 0, 1, INT32_MAX),
      includeBits(given.include, METADATA_ONLY),
      ...fusionOptions(query.fusion),
    ],
    filter: filterText(given.filter),
    text: query.text,
  };
}

/** What a collection and a snapshot have in common: reading. */
export abstract class Reader {
  readonly #client: EngineClient;
  readonly #dimension: number;
  /** Which state is read: that of a view, or the one now. */
  readonly #source: { collection: string; view?: number };

  /** @internal */
  constructor(client: EngineClient, collection: string, dimension: number, view?: number) {
    this.#client = client;
    this.#dimension = dimension;
    this.#source = view === undefined ? { collection } : { collection, view };
  }

  /** The record, or undefined. O(log n) and at most one block read per segment. */
  async get(id: RecordId, options?: GetOptions): Promise<StoredRecord | undefined> {
    checkId(id, "get()");
    return (await this.getMany([id], options))[0];
  }

  /** One entry per id, in their order: the record, or undefined. */
  async getMany(ids: readonly RecordId[], options?: GetOptions): Promise<(StoredRecord | undefined)[]> {
    if (!Array.isArray(ids)) throw invalid(`getMany() takes an array of ids, found ${describe(ids)}`);
    ids.forEach((id, i) => checkId(id, `id ${i}`));
    const include = includeBits(optionsObject("get()", options, ["include"]).include, EVERYTHING);
    const reply = await this.#client.call("get", { ...this.#source, ids: packIds(ids), include });
    return decodeRecords(reply).map((record) => record ?? undefined);
  }

  async has(id: RecordId): Promise<boolean> {
    checkId(id, "has()");
    return this.#client.call("has", { ...this.#source, ids: packIds([id]) });
  }

  /** How many records there are, or how many match. */
  async count(filter?: Filter | string): Promise<number> {
    return this.#client.call("count", { ...this.#source, filter: filterText(filter) });
  }

  /**
   * Walks records in id order, over the state at the first step. Leaving the loop early gives everything back.
   *
   * @example
   * for await (const { id, metadata } of books.scan({ prefix: "b", include: ["metadata"] })) { ... }
   */
  async *scan(options?: ScanOptions): AsyncGenerator<StoredRecord, void, undefined> {
    const signal = options?.signal;
    const scan = scanArgs(options);
    let { cursor, page } = await this.#client.call(
      "scan",
      { ...this.#source, scan, page: SCAN_PAGE },
      { signal },
    );
    try {
      for (;;) {
        for (const record of decodeRecords(page)) {
          throwIfAborted(signal);
          if (record) yield record;
        }
        if (cursor === 0) return;
        ({ cursor, page } = await this.#client.call("scanNext", { cursor, page: SCAN_PAGE }, { signal }));
      }
    } finally {
      // After an early exit. If the database is closed by now, so is the cursor.
      if (cursor !== 0) await this.#client.call("scanClose", { cursor }).catch(() => {});
    }
  }

  /**
   * Finds the records nearest to a vector, nearest first; those whose texts answer best to some words (`"words"` or
   * `{ text }`), best first; or those that do both (`{ vector, text, fusion }`). Ties by id.
   *
   * @param query - A vector: `dimension` finite numbers; under cosine not all zero. Or words. Or both.
   * @returns `min(k, matching records)` hits, always. By text alone only records match that have one of the words.
   * @throws {@link StrataError} `INVALID_ARGUMENT` for a vector of another length or with a number that is not finite, a
   * `k` below 1, or a malformed filter.
   */
  async search(query: VectorInput | string | SearchQuery, options?: SearchOptions): Promise<Hit[]> {
    const request = this.#request(query, options);
    return decodeHits(await this.#client.call("search", request, { signal: options?.signal }));
  }

  /** {@link search}, with the plan that was chosen for each segment, why, and what it cost. */
  async explain(query: VectorInput | string | SearchQuery, options?: SearchOptions): Promise<Explanation> {
    const request = this.#request(query, options);
    const reply = decodeReply(await this.#client.call("explain", request, { signal: options?.signal }));
    const { plans, counters } = reply.json as Omit<Explanation, "hits">;
    return { hits: hitsOf(reply), plans, counters };
  }

  /** Searches many queries, row-major (n, dimension), in one call. Answers with flat arrays and no metadata. */
  async searchMany(queries: VectorInput, options?: SearchOptions): Promise<SearchManyResult> {
    const search = searchArgs(options);
    const count = Math.ceil(
      ((queries as VectorInput | undefined)?.length ?? 0) / Math.max(1, this.#dimension),
    );
    const vectors = asFloat32(queries, count * this.#dimension, "queries");
    const request = { ...this.#source, queries: vectors, search };
    return decodeSearchMany(await this.#client.call("searchMany", request, { signal: options?.signal }));
  }

  #request(query: VectorInput | string | SearchQuery, options: SearchOptions | undefined) {
    const given: SearchQuery = isQuery(query)
      ? typeof query === "string"
        ? { text: query }
        : optionsObject("a query", query, ["vector", "text", "fusion"])
      : { vector: query };
    const { vector, text } = given;
    if (text !== undefined && (typeof text !== "string" || !isWellFormed(text))) {
      throw invalid(`text must be a well-formed string, found ${describe(text)}`);
    }
    // Without a text, whatever was given for a vector is told what is wrong with it.
    const floats =
      vector === undefined && text !== undefined
        ? new Float32Array(0)
        : asFloat32(vector, this.#dimension, "query");
    return { ...this.#source, query: floats, search: searchArgs(options, given) };
  }
}

function scanArgs(options: ScanOptions | undefined): ScanArgs {
  const given = optionsObject("scan()", options, [
    "prefix",
    "from",
    "to",
    "filter",
    "limit",
    "include",
    "signal",
  ]);
  const args: ScanArgs = {
    filter: filterText(given.filter),
    limit:
      given.limit === Infinity
        ? Infinity
        : integerOption("limit", given.limit, Infinity, 0, Number.MAX_SAFE_INTEGER),
    include: includeBits(given.include, EVERYTHING),
  };
  if (given.prefix !== undefined) {
    if (typeof given.prefix !== "string" || !isWellFormed(given.prefix)) {
      throw invalid(`prefix must be a well-formed string, found ${describe(given.prefix)}`);
    }
    args.prefix = given.prefix;
  }
  for (const end of ["from", "to"] as const) {
    const id = given[end];
    if (id === undefined) continue;
    checkId(id, end);
    args[end] = packIds([id]);
  }
  return args;
}
