import {
  booleanOption,
  choiceOption,
  describe,
  DIMENSION_MAX,
  integerOption,
  invalid,
  numberOption,
  optionsObject,
  type CollectionConfig,
  type CollectionOptions,
} from "./options.js";

/** A collection's options as the engine takes and tells them: numbers in the order of bindings/wasm/collection_numbers.cc. */
export interface PackedOptions {
  numbers: readonly number[];
  /** Absent: all. */
  indexed?: readonly string[];
}

/** Where each number is. */
const enum At {
  metric,
  index,
  quantization,
  rotate,
  textIndex,
  dimension,
  m,
  efConstruction,
  leafRows,
  tables,
  hashes,
  recallTarget,
  slices,
  pqBits,
  rabitqBits,
}

// Names by number.
const METRICS = ["l2", "cosine", "dot"] as const;
const INDEXES = ["flat", "hnsw", "kd-tree", "lsh", "kd-lsh"] as const;
const QUANTIZATIONS = ["none", "sq8", "pq", "rabitq"] as const;
const DEFAULTS = [1, 1, 1, 0, 0, 0, 16, 200, 0, 0, 0, 950, 0, 4, 2];

/** A number of an index or a quantization: its name, place, least and greatest. 0 is what the engine chooses. */
type Setting = readonly [name: string, place: At, min: number, max: number];
const LEAF_ROWS: Setting = ["leafRows", At.leafRows, 1, 65536];
const TABLES: Setting = ["tables", At.tables, 1, 64];
const HASHES: Setting = ["hashes", At.hashes, 1, 32];
const RECALL: Setting = ["recallTarget", At.recallTarget, 0.5, 0.999];
const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  hnsw: [
    ["m", At.m, 2, 128],
    ["efConstruction", At.efConstruction, 2, 4096],
  ],
  "kd-tree": [LEAF_ROWS, RECALL],
  lsh: [TABLES, HASHES, RECALL],
  "kd-lsh": [LEAF_ROWS, HASHES, RECALL],
  pq: [
    ["slices", At.slices, 1, 512],
    ["bits", At.pqBits, 4, 8],
    ["rotate", At.rotate, 0, 1],
  ],
  rabitq: [["bits", At.rabitqBits, 1, 8]],
};
const settingsOf = (type: string): readonly Setting[] => SETTINGS[type] ?? [];

/** Checks a collection's options and fills in the defaults; `INVALID_ARGUMENT` names the first that is wrong. */
export function packOptions(config: CollectionConfig): PackedOptions {
  const { dimension, metric, index, quantization, indexed, textIndex } = optionsObject(
    "collection()",
    config,
    ["dimension", "metric", "index", "quantization", "indexed", "textIndex"],
  );
  const numbers = [...DEFAULTS];
  numbers[At.dimension] = integerOption("dimension", dimension, 0, 0, DIMENSION_MAX);
  numbers[At.metric] = METRICS.indexOf(choiceOption("metric", metric, "cosine", METRICS));
  numbers[At.index] = packKind("index", index ?? "hnsw", INDEXES, numbers);
  numbers[At.quantization] = packKind("quantization", quantization ?? "sq8", QUANTIZATIONS, numbers);
  numbers[At.textIndex] = +booleanOption("textIndex", textIndex, false);
  if (indexed === undefined) return { numbers };
  if (!Array.isArray(indexed) || !indexed.every((key) => typeof key === "string" && key !== "")) {
    throw invalid(`indexed must be an array of metadata keys, found ${describe(indexed)}`);
  }
  return { numbers, indexed: [...(indexed as readonly string[])] };
}

/** Puts the settings of a kind, given as its type or an object, into `numbers`; answers with the kind's number. */
function packKind(name: string, kind: unknown, kinds: readonly string[], numbers: number[]): number {
  const given = (typeof kind === "string" ? { type: kind } : kind) as Record<string, unknown>;
  const type = choiceOption(`${name}.type`, given["type"] ?? null, "", kinds);
  const settings = settingsOf(type);
  optionsObject(name, given, ["type", ...settings.map(([key]) => key)]);
  for (const [key, place, min, max] of settings) {
    const path = `${name}.${key}`;
    const value = given[key];
    if (value === undefined) continue;
    numbers[place] =
      place === At.rotate
        ? +booleanOption(path, value, false)
        : place === At.recallTarget
          ? Math.round(
              1000 * numberOption(path, value, 0, `from ${min} to ${max}`, (n) => n >= min && n <= max),
            )
          : integerOption(path, value, 0, min, max);
  }
  return kinds.indexOf(type);
}

/** The options that a collection was made with, every default filled in. */
export function unpackOptions({ numbers, indexed }: PackedOptions): CollectionOptions {
  const kind = (kinds: readonly string[], place: At): object => {
    const type = kinds[numbers[place]!]!;
    const filled: Record<string, unknown> = { type };
    for (const [key, at] of settingsOf(type)) {
      const number = numbers[at]!;
      if (at === At.rotate) filled[key] = number > 0;
      else if (number > 0) filled[key] = at === At.recallTarget ? number / 1000 : number;
    }
    return filled;
  };
  const quantization = QUANTIZATIONS[numbers[At.quantization]!]!;
  return {
    dimension: numbers[At.dimension]!,
    metric: METRICS[numbers[At.metric]!]!,
    index: kind(INDEXES, At.index) as CollectionOptions["index"],
    quantization: (numbers[At.quantization]! < 2
      ? quantization
      : kind(QUANTIZATIONS, At.quantization)) as CollectionOptions["quantization"],
    ...(indexed ? { indexed } : {}),
    ...(numbers[At.textIndex] ? { textIndex: true } : {}),
  };
}
