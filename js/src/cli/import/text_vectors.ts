import type { Database } from "../../database.js";
import { LsaEmbedder } from "../../node/embed.js";
import { StrataError } from "../../errors.js";
import type { WorkOptions } from "../../options.js";
import type { RecordInput } from "../../records.js";
import { UsageError } from "../command.js";
import { ImportFiles, type ImportRequest } from "./import_files.js";

/** Texts that a model learns from. More of them would make it slower to train, and hardly better. */
const TRAINING_TEXTS_MAX = 20_000;

/** Gives vectors to texts that have none, by the LSA model that is stored for their collection. */
export class TextVectors {
  /** Texts without a word that the model knows: their records are stored without a vector. */
  unknown = 0;

  private constructor(
    private readonly embedder: LsaEmbedder,
    /** Whether the model has been made for this import. */
    readonly trained: boolean,
  ) {}

  get dimension(): number {
    return this.embedder.dimension;
  }

  /** Whether so many words of the texts were unknown that a new model would serve them better. */
  get retrainAdvised(): boolean {
    return this.embedder.retrainAdvised;
  }

  /** The collection's model; if it has none, one that is trained on the texts of the files and stored. */
  static async open(
    db: Database,
    collection: string,
    request: ImportRequest,
    training: WorkOptions,
  ): Promise<TextVectors> {
    try {
      return new TextVectors(await LsaEmbedder.load(db, collection), false);
    } catch (error) {
      if (!(error instanceof StrataError && error.code === "NOT_FOUND")) throw error;
    }
    const embedder = await LsaEmbedder.train(await trainingTexts(request), training);
    await embedder.save(db, collection);
    return new TextVectors(embedder, true);
  }

  async fill(records: readonly RecordInput[]): Promise<void> {
    const bare = records.filter(({ vector, text }) => vector === undefined && text !== undefined);
    if (bare.length === 0) return;
    const { dimension } = this;
    const vectors = await this.embedder.embed(
      bare.map(({ text }) => text!),
      { kind: "passage" },
    );
    for (const [i, record] of bare.entries()) {
      const vector = vectors.subarray(i * dimension, (i + 1) * dimension);
      if (vector.some((number) => number !== 0)) record.vector = vector;
      else this.unknown++;
    }
  }
}

/** Reads the files once more than importing does. */
async function trainingTexts(request: ImportRequest): Promise<string[]> {
  if (request.files.some(({ path }) => path === "-")) {
    throw new UsageError(
      "--embed lsa reads the texts twice when it trains a model, which stdin does not allow",
    );
  }
  const texts: string[] = [];
  const files = await ImportFiles.open(request);
  try {
    for await (const { records } of files.batches()) {
      for (const { text, vector } of records) {
        if (text !== undefined && vector === undefined) texts.push(text);
      }
      if (texts.length >= TRAINING_TEXTS_MAX) break;
    }
  } finally {
    files.close();
  }
  if (texts.length === 0)
    throw new StrataError("INVALID_ARGUMENT", "--embed lsa: no record has a text and no vector");
  return texts;
}
