import type { Collection } from "../../collection.js";
import type { Database } from "../../database.js";
import { LsaEmbedder } from "../../node/embed.js";
import { StrataError } from "../../errors.js";
import type { RecordId } from "../../ids.js";
import { open } from "../../node/index.js";
import type { SearchOptions, SearchQuery } from "../../options.js";
import type { Explanation, Hit } from "../../records.js";
import type { VectorInput } from "../../vectors.js";
import { UsageError, type Command, type CommandLine } from "../command.js";
import { formatOf, readRows } from "../formats/formats.js";
import { badInput } from "../formats/rows.js";
import { InputFile } from "../input_file.js";
import { printable, printJson, printTable, shorten } from "../output.js";
import { parseVector } from "../text_values.js";

const K_DEFAULT = 10;
const VECTOR_FILE_LIMITS = { rows: 1000, bytes: 2 ** 24 };

export const searchCommand: Command = {
  name: "search",
  summary: "the records nearest to a vector or another record, or with some words",
  usage: `usage: stratadb search DIRECTORY COLLECTION QUERY [options] [--json]

QUERY is one of these, or --text beside one of the others
  --vector '[1, 2, 3]'     numbers; also "1 2 3"
  --vector-file F --row N  row N (default 0) of an .fvecs, .bvecs, .npy or .jsonl file
  --id ID                  that record's vector; the record itself is left out
  --text "..."             words to find; by itself in a collection imported with --embed lsa, also its vector

  --by W         with --text by itself: only by its 'vector', or only by its 'words'
  --fusion M     how both orders become one: 'rrf' (default), 'weighted'
  -k N           hits wanted, default ${K_DEFAULT}
  --filter F     only records that match, for example "year >= 1990 and tags contains 'db'"
  --ef N         candidates the walk keeps: more find better, and take longer; default 64
  --probes N     kd-tree, lsh, kd-lsh: cells or buckets to look into, in place of what the index chose
  --exact        compare with every record
  --radius R     only hits at most this far away (--radius=-0.5 if it is negative)
  --explain      also the plan that ran and what it cost
  --string-ids   ID is a string even if it looks like a number`,
  positionals: ["DIRECTORY", "COLLECTION"],
  options: {
    vector: { type: "string" },
    "vector-file": { type: "string" },
    row: { type: "string" },
    text: { type: "string" },
    by: { type: "string" },
    fusion: { type: "string" },
    id: { type: "string" },
    k: { type: "string", short: "k" },
    filter: { type: "string" },
    ef: { type: "string" },
    probes: { type: "string" },
    exact: { type: "boolean" },
    radius: { type: "string" },
    explain: { type: "boolean" },
    "string-ids": { type: "boolean" },
  },
  async run(line) {
    const given = ["vector", "vector-file", "id"].filter((name) => line.text(name) !== undefined);
    const text = line.text("text");
    if (given.length > 1 || (given.length === 0 && text === undefined))
      throw new UsageError(
        "give one of --vector, --vector-file and --id, or --text, or --text beside one of them",
      );
    if (line.text("row") !== undefined && given[0] !== "vector-file")
      throw new UsageError("--row goes with --vector-file");
    const by = line.choice("by", ["vector", "words"]);
    if (by && (text === undefined || given.length > 0))
      throw new UsageError("--by goes with --text by itself");
    const fusion = line.choice("fusion", ["rrf", "weighted"]);
    if (fusion && (text === undefined || by)) throw new UsageError("--fusion joins a vector and a --text");
    const k = line.integer("k", 1) ?? K_DEFAULT;
    const options = searchOptions(line, k);

    await using db = await open(line.at("DIRECTORY"), { readOnly: true });
    const collection = await db.collection(line.at("COLLECTION"));
    const { leftOut, ...query } = await readQuery(line, db, collection, by);
    if (leftOut !== undefined) options.k = k + 1;
    const wanted: SearchQuery = fusion ? { ...query, fusion } : query;
    const found: Partial<Explanation> & { hits: Hit[] } = line.flag("explain")
      ? await collection.explain(wanted, options)
      : { hits: await collection.search(wanted, options) };
    const answer = { ...found, hits: found.hits.filter(({ id }) => id !== leftOut).slice(0, k) };
    if (line.flag("json")) printJson(answer);
    else print(answer, query.text !== undefined);
    return 0;
  },
};

function searchOptions(line: CommandLine, k: number): SearchOptions {
  const options: SearchOptions = { k, include: ["metadata", "text"], exact: line.flag("exact") };
  const filter = line.text("filter");
  const efSearch = line.integer("ef", 1);
  const probes = line.integer("probes", 1);
  const radius = line.number("radius");
  if (filter !== undefined) options.filter = filter;
  if (efSearch !== undefined) options.efSearch = efSearch;
  if (probes !== undefined) options.probes = probes;
  if (radius !== undefined) options.radius = radius;
  return options;
}

/** The vector, the words, or both; and the record that the vector is of. */
interface Query {
  vector?: VectorInput;
  text?: string;
  leftOut?: RecordId;
}

async function readQuery(
  line: CommandLine,
  db: Database,
  collection: Collection,
  by: "vector" | "words" | undefined,
): Promise<Query> {
  const text = line.text("text");
  const hasVector = ["vector", "vector-file", "id"].some((name) => line.text(name) !== undefined);
  if (hasVector) return { ...(await readVectorQuery(line, collection)), ...(text !== undefined && { text }) };
  if (by === "vector") return { vector: await embed(db, collection.name, text!) };
  // Of a text whose words the model does not know, or that has no model, there are only the words.
  const vector = by === "words" ? undefined : await embed(db, collection.name, text!).catch(noVector);
  return { text: text!, ...(vector && { vector }) };
}

function noVector(error: unknown): undefined {
  if (error instanceof StrataError && ["NOT_FOUND", "INVALID_ARGUMENT"].includes(error.code))
    return undefined;
  throw error;
}

async function readVectorQuery(line: CommandLine, collection: Collection): Promise<Query> {
  const [numbers, path] = [line.text("vector"), line.text("vector-file")];
  if (numbers !== undefined) {
    const vector = parseVector(numbers);
    if (!vector) throw new UsageError(`--vector must be numbers, found '${shorten(numbers)}'`);
    return { vector };
  }
  if (path !== undefined) return { vector: await readVector(path, line.integer("row", 0) ?? 0) };
  const id = line.id(line.text("id")!);
  const record = await collection.get(id, { include: ["vector"] });
  if (!record) throw new StrataError("NOT_FOUND", `there is no record ${JSON.stringify(id)}`);
  if (!record.vector)
    throw new StrataError("FAILED_PRECONDITION", `record ${JSON.stringify(id)} has no vector`);
  return { vector: record.vector, leftOut: id };
}

async function readVector(path: string, row: number): Promise<VectorInput> {
  const file = await InputFile.open(path);
  try {
    const fields = { id: "id", vector: "vector", text: "text" };
    const reading = { fields, wanted: [], stringIds: false, limits: VECTOR_FILE_LIMITS };
    let before = 0;
    for await (const { rows } of readRows(file, formatOf(path), reading)) {
      const found = rows[row - before];
      if (found) return found.vector ?? badInput(file.name, `row ${row} has no vector`);
      before += rows.length;
    }
    return badInput(file.name, `there is no row ${row}: it has ${before}`);
  } finally {
    file.close();
  }
}

async function embed(db: Database, collection: string, text: string): Promise<Float32Array> {
  const vector = await (await LsaEmbedder.load(db, collection)).embed([text], { kind: "query" });
  if (vector.some((number) => number !== 0)) return vector;
  throw new StrataError(
    "INVALID_ARGUMENT",
    `no word of '${shorten(text)}' occurs in the texts of '${collection}'`,
  );
}

function print({ hits, plans, counters }: Partial<Explanation> & { hits: Hit[] }, byScore: boolean): void {
  for (const [i, { id, distance, score, metadata, text }] of hits.entries()) {
    const how = [
      ...(byScore ? [`score ${score.toPrecision(5)}`] : []),
      ...(Number.isNaN(distance) ? [] : [`distance ${distance.toPrecision(5)}`]),
    ];
    console.log(`${i + 1}. ${printable(JSON.stringify(id))}  ${how.join(", ")}`);
    if (metadata !== undefined) console.log(`   ${printable(JSON.stringify(metadata))}`);
    if (text !== undefined) console.log(`   ${printable(shorten(text))}`);
  }
  if (hits.length === 0) console.log("nothing found");
  for (const { segment, rows, matchingRows, strategy, reason } of plans ?? []) {
    console.log(`\nsegment ${segment}: ${strategy}, ${rows} rows, ${matchingRows} match: ${reason}`);
  }
  if (counters) printTable(Object.entries(counters).map(([name, value]) => [`  ${name}`, String(value)]));
}
