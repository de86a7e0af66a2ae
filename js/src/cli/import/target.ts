import type { Collection } from "../../collection.js";
import type { Database } from "../../database.js";
import type { CollectionConfig, IndexOptions, QuantizationOptions } from "../../options.js";
import { UsageError, type CommandLine } from "../command.js";

/** Options of a command that may make a collection. */
export const COLLECTION_OPTIONS = {
  metric: { type: "string" },
  index: { type: "string" },
  m: { type: "string" },
  "ef-construction": { type: "string" },
  "leaf-rows": { type: "string" },
  tables: { type: "string" },
  hashes: { type: "string" },
  "recall-target": { type: "string" },
  quantization: { type: "string" },
  slices: { type: "string" },
  bits: { type: "string" },
  rotate: { type: "boolean" },
  "text-index": { type: "boolean" },
} as const;

export const COLLECTION_USAGE = `  --metric l2|cosine|dot       default cosine
  --index hnsw|flat|kd-tree|lsh|kd-lsh     default hnsw
  --m N                        hnsw: links a row has in the graph, default 16
  --ef-construction N          hnsw: candidates weighed for them, default 200
  --leaf-rows N                kd-tree, kd-lsh: rows of a cell
  --tables N                   lsh: hash tables
  --hashes N                   lsh, kd-lsh: hash functions of a table or cell
  --recall-target R            kd-tree, lsh, kd-lsh: what is left out is chosen for, default 0.95
  --quantization none|sq8|pq|rabitq        default sq8
  --slices N, --bits 4|8, --rotate         pq: slices of a vector, bits of a slice (4); rotated first
  --bits N                     rabitq: of a dimension, 1 to 8, default 2
  --text-index                 index the words of texts, for search --text`;

type Kind = string | { type: string };
const typeOf = (kind: Kind): string => (typeof kind === "string" ? kind : kind.type);

/** The settings of each kind: option of the command line -> name in the API. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hnsw: { m: "m", "ef-construction": "efConstruction" },
  "kd-tree": { "leaf-rows": "leafRows", "recall-target": "recallTarget" },
  lsh: { tables: "tables", hashes: "hashes", "recall-target": "recallTarget" },
  "kd-lsh": { "leaf-rows": "leafRows", hashes: "hashes", "recall-target": "recallTarget" },
  pq: { slices: "slices", bits: "bits", rotate: "rotate" },
  rabitq: { bits: "bits" },
};
export const INDEXES = ["hnsw", "flat", "kd-tree", "lsh", "kd-lsh"] as const;
export const QUANTIZATIONS = ["none", "sq8", "pq", "rabitq"] as const;

/** What the command line says about a collection. */
export interface WantedCollection extends Pick<CollectionConfig, "metric" | "textIndex"> {
  index?: IndexOptions | IndexOptions["type"];
  quantization?: NonNullable<CollectionConfig["quantization"]>;
}

export function wantedCollection(line: CommandLine): WantedCollection {
  const wanted: WantedCollection = {};
  const metric = line.choice("metric", ["l2", "cosine", "dot"]);
  if (metric) wanted.metric = metric;
  const index = wantedKind(line, "index", INDEXES, "hnsw");
  if (index) wanted.index = index as IndexOptions;
  const quantization = wantedKind(line, "quantization", QUANTIZATIONS, "sq8");
  if (quantization) wanted.quantization = quantization as QuantizationOptions;
  if (line.flag("text-index")) wanted.textIndex = true;
  return wanted;
}

/** The kind that option `name` says, with its settings; undefined if nothing was said. */
function wantedKind(
  line: CommandLine,
  name: string,
  kinds: readonly string[],
  fallback: string,
): Kind | undefined {
  const said = line.choice(name, kinds);
  const type = said ?? fallback;
  const known = SETTINGS[type] ?? {};
  const settings: Record<string, unknown> = {};
  for (const option of new Set(kinds.flatMap((kind) => Object.keys(SETTINGS[kind] ?? {})))) {
    const value = settingOf(line, option);
    if (value === undefined) continue;
    if (!Object.hasOwn(known, option)) {
      const owners = kinds.filter((kind) => Object.hasOwn(SETTINGS[kind] ?? {}, option));
      throw new UsageError(`--${option} belongs to --${name} ${owners.join(" or ")}`);
    }
    settings[known[option]!] = value;
  }
  return Object.keys(settings).length > 0 ? { type, ...settings } : said;
}

function settingOf(line: CommandLine, option: string): number | boolean | undefined {
  if (option === "rotate") return line.flag(option) || undefined;
  return option === "recall-target" ? line.number(option) : line.integer(option, 1);
}

/** What was not asked for about a kind is as it is. */
function completed<T extends Kind>(stored: T, wanted: T | undefined): T {
  if (wanted === undefined || typeOf(stored) !== typeOf(wanted)) return wanted ?? stored;
  return typeof wanted === "string" ? stored : Object.assign({}, stored, wanted);
}

/**
 * The collection `name`, made for vectors of `dimension` numbers if there is none.
 *
 * @throws `FAILED_PRECONDITION` if it is there and `wanted` says otherwise.
 */
export async function openTarget(
  db: Database,
  name: string,
  dimension: number,
  wanted: WantedCollection,
): Promise<Collection> {
  if (!(await db.collections()).includes(name)) return db.collection(name, { dimension, ...wanted });
  const { options } = await db.collection(name);
  return db.collection(name, {
    ...options,
    ...wanted,
    index: completed<NonNullable<CollectionConfig["index"]>>(options.index, wanted.index),
    quantization: completed<NonNullable<CollectionConfig["quantization"]>>(
      options.quantization,
      wanted.quantization,
    ),
  });
}
