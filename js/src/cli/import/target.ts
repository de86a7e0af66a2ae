import type { Collection } from "../../collection.js";
import type { Database } from "../../database.js";
import type { CollectionConfig, IndexOptions } from "../../options.js";
import { UsageError, type CommandLine } from "../command.js";

/** Options of a command that may make a collection. */
export const COLLECTION_OPTIONS = {
  metric: { type: "string" },
  index: { type: "string" },
  m: { type: "string" },
  "ef-construction": { type: "string" },
  quantization: { type: "string" },
  "text-index": { type: "boolean" },
} as const;

export const COLLECTION_USAGE = `  --metric l2|cosine|dot       default cosine
  --index hnsw|flat            default hnsw
  --m N                        links a row has in the graph, default 16
  --ef-construction N          candidates weighed for them, default 200
  --quantization none|sq8      default sq8
  --text-index                 index the words of texts, for search --text`;

/** What the command line says about a collection. */
export type WantedCollection = Pick<CollectionConfig, "metric" | "quantization" | "textIndex"> & {
  index?: IndexOptions;
};

export function wantedCollection(line: CommandLine): WantedCollection {
  const wanted: WantedCollection = {};
  const metric = line.choice("metric", ["l2", "cosine", "dot"]);
  const quantization = line.choice("quantization", ["none", "sq8"]);
  const index = line.choice("index", ["hnsw", "flat"]);
  const m = line.integer("m", 1);
  const efConstruction = line.integer("ef-construction", 1);
  if (metric) wanted.metric = metric;
  if (quantization) wanted.quantization = quantization;
  if (line.flag("text-index")) wanted.textIndex = true;
  if (index === "flat") {
    if (m ?? efConstruction) throw new UsageError("--m and --ef-construction belong to --index hnsw");
    wanted.index = { type: "flat" };
  } else if (index ?? m ?? efConstruction) {
    wanted.index = { type: "hnsw", ...(m && { m }), ...(efConstruction && { efConstruction }) };
  }
  return wanted;
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
  const config: CollectionConfig = { ...options, ...wanted };
  // What was not asked for about the graph is as it is.
  if (wanted.index?.type === "hnsw" && options.index.type === "hnsw")
    config.index = { ...options.index, ...wanted.index };
  return db.collection(name, config);
}
