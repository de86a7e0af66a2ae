import type { Collection } from "../collection.js";
import type { Database } from "../database.js";
import { StrataError } from "../errors.js";
import type { RecordInput } from "../records.js";
import type { ModelData } from "./text_engine.js";

// How a model is kept as ordinary records: docs/formats/lsa.md.
const FORMAT = 1;
const SETTINGS_ID = 0;

interface Settings {
  format: number;
  model: string;
  terms: number;
  stopWords?: string[];
}

const collectionName = (name: string): string => `${name}.lsa`;

/**
 * Stores the model in one atomic batch: the old one is there until the new one is, whatever happens in between. What
 * is left of the old one is removed afterwards, and not read if that fails.
 */
export async function writeModel(
  db: Database,
  name: string,
  id: string,
  dimension: number,
  model: ModelData,
): Promise<void> {
  const collection = await db.collection(collectionName(name), {
    dimension,
    metric: "dot", // A term's vector may be zero.
    index: "flat",
    quantization: "none",
    indexed: [],
  });
  const settings: Settings = { format: FORMAT, model: id, terms: model.terms.length };
  if (model.stopWords) settings.stopWords = [...model.stopWords];
  const records: RecordInput[] = [{ id: SETTINGS_ID, metadata: settings }];
  const metadata = { model: id };
  for (const [row, term] of model.terms.entries()) {
    const vector = model.vectors.subarray(row * dimension, (row + 1) * dimension);
    records.push({ id: term, vector, metadata });
  }
  await collection.upsert(records);
  if ((await collection.count()) !== records.length) await collection.deleteWhere({ model: { $ne: id } });
}

/** What {@link writeModel} stored. The caller compares the id with that of the model it makes of this. */
export async function readModel(db: Database, name: string): Promise<{ id: string; model: ModelData }> {
  const collection = await findCollection(db, name);
  const damaged = (what: string): StrataError =>
    new StrataError("CORRUPTION", `the LSA model of '${name}' (collection '${collection.name}') ${what}`);

  // One scan sees one state. The settings come first: integers order before strings, and strings by their bytes.
  let settings: Settings | null = null;
  const terms: string[] = [];
  const rows: Float32Array[] = [];
  for await (const { id, vector, metadata } of collection.scan({ include: ["metadata", "vector"] })) {
    if (id === SETTINGS_ID) settings = checkSettings(metadata, name);
    else if (typeof id === "string" && vector && metadata?.model === settings?.model) {
      terms.push(id);
      rows.push(vector);
    }
  }
  if (!settings) throw notStored(name);
  if (terms.length !== settings.terms) throw damaged(`has ${terms.length} terms, expected ${settings.terms}`);
  const { dimension } = collection.options;
  const vectors = new Float32Array(rows.length * dimension);
  for (const [row, vector] of rows.entries()) vectors.set(vector, row * dimension);
  return { id: settings.model, model: { terms, vectors, stopWords: settings.stopWords } };
}

const notStored = (name: string, cause?: unknown): StrataError =>
  new StrataError("NOT_FOUND", `no LSA model is stored for '${name}': train one and save() it`, { cause });

async function findCollection(db: Database, name: string): Promise<Collection> {
  try {
    return await db.collection(collectionName(name));
  } catch (error) {
    if (error instanceof StrataError && error.code === "NOT_FOUND") throw notStored(name, error);
    throw error;
  }
}

function checkSettings(found: Partial<Settings> | undefined, name: string): Settings {
  const { format, model, terms, stopWords } = found ?? {};
  if (typeof format === "number" && format > FORMAT) {
    throw new StrataError(
      "UNSUPPORTED_FORMAT",
      `the LSA model of '${name}' has format ${format}, this version knows ${FORMAT}`,
    );
  }
  const sound =
    format === FORMAT &&
    typeof model === "string" &&
    typeof terms === "number" &&
    (stopWords === undefined ||
      (Array.isArray(stopWords) && stopWords.every((word) => typeof word === "string")));
  if (!sound)
    throw new StrataError("CORRUPTION", `the LSA model of '${name}' has no sound settings in its record 0`);
  return { format, model, terms, ...(stopWords ? { stopWords } : {}) };
}
