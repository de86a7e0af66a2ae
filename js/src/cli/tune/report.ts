import { inspect } from "node:util";
import type { CollectionOptions } from "../../options.js";
import { formatBytes } from "../output.js";
import type { Measured } from "./measure.js";

/** Of the ways that reach the recall, the fastest, and the one that takes the least memory. */
export function recommended(measured: readonly Measured[]): { fastest?: Measured; smallest?: Measured } {
  const reached = measured.filter((one) => one.reached);
  const least = (...keys: ("medianMillis" | "memoryBytes")[]): Measured | undefined =>
    reached.toSorted((a, b) => keys.reduce((order, key) => order || a[key] - b[key], 0))[0];
  const fastest = least("medianMillis", "memoryBytes");
  const smallest = least("memoryBytes", "medianMillis");
  return { ...(fastest && { fastest }), ...(smallest && { smallest }) };
}

/** One line for each candidate: the first way that reached the recall, or the last that did not. */
export function table(measured: readonly Measured[]): string {
  const shown = measured.filter(
    (one, i) =>
      one.reached ||
      measured[i + 1]?.index !== one.index ||
      measured[i + 1]?.quantization !== one.quantization,
  );
  const rows = [
    ["", "index", "quantization", "search", "recall", "median", "p95", "memory", "disk", "build"],
    ...shown.map((one) => [
      one.reached ? "*" : "",
      one.index.type === "hnsw" ? `hnsw m ${one.index.m}` : one.index.type,
      one.quantization,
      searchText(one),
      one.recall.toFixed(3),
      `${one.medianMillis.toFixed(3)} ms`,
      `${one.p95Millis.toFixed(3)} ms`,
      formatBytes(one.memoryBytes),
      formatBytes(one.diskBytes),
      `${one.buildSeconds.toFixed(1)} s`,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const aligned = (cell: string, column: number): string =>
    column < 4 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((row) => row.map(aligned).join("  ").trimEnd()).join("\n");
}

function searchText({ index, search }: Measured): string {
  const [[name, value] = []] = Object.entries(search);
  if (name !== undefined) return `${name} ${value}`;
  return index.type === "flat" ? "exact" : "as built";
}

/** What to write in a program. */
export function recipe(
  { index, quantization, search }: Measured,
  name: string,
  { dimension, metric }: CollectionOptions,
  k: number,
): string {
  const code = (value: unknown): string => inspect(value, { breakLength: Infinity, depth: 4 });
  return [
    `  const c = await db.collection(${JSON.stringify(name)}, ${code({ dimension, metric, index, quantization })});`,
    `  await c.search(query, ${code({ k, ...search })});`,
  ].join("\n");
}
