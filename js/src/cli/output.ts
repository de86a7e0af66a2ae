import type { StoredRecord } from "../records.js";

/** One answer on one line of JSON. */
export function printJson(value: unknown): void {
  process.stdout.write(
    `${JSON.stringify(value, (_key, part: unknown) => (part instanceof Float32Array ? [...part] : part))}\n`,
  );
}

/** Waits while the reader of our output is slower than we are. */
export async function drained(): Promise<void> {
  if (process.stdout.writableNeedDrain)
    await new Promise<void>((resolve) => process.stdout.once("drain", () => resolve()));
}

/** Names and values under each other. */
export function printTable(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
}

const SHOWN_CHARACTERS = 200;

/** A record as a person reads it. Control characters could steer a terminal, so none gets through. */
export function printRecord({ id, metadata, text, vector }: StoredRecord): void {
  console.log(`${printable(JSON.stringify(id))}`);
  if (metadata !== undefined) console.log(`  metadata  ${printable(JSON.stringify(metadata))}`);
  if (text !== undefined) console.log(`  text      ${printable(shorten(text))}`);
  if (vector !== undefined) {
    const head = [...vector.subarray(0, 6)].map((x) => x.toPrecision(4)).join(", ");
    console.log(`  vector    [${head}${vector.length > 6 ? `, ... ${vector.length} numbers` : ""}]`);
  }
}

export function shorten(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length <= SHOWN_CHARACTERS ? flat : `${flat.slice(0, SHOWN_CHARACTERS)}…`;
}

export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 ? bytes : bytes.toFixed(1)} ${units[unit]}`;
}
