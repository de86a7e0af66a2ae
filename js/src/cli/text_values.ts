// Values written as text, as people type them and as CSV has them.
import type { RecordId } from "../ids.js";

const INTEGER = /^-?(0|[1-9]\d*)$/;

/** Whether `text` is an integer that a number holds exactly, written in the one usual way: `7`, not `007`. */
export function isInteger(text: string): boolean {
  return INTEGER.test(text) && Number.isSafeInteger(Number(text)) && text !== "-0";
}

/** `text` as an id: digits are an integer, unless ids are strings. */
export function parseId(text: string, stringIds: boolean): RecordId {
  return !stringIds && isInteger(text) ? Number(text) : text;
}

/**
 * The numbers in `text`: a JSON array, or numbers with spaces, commas or semicolons between them. Undefined if it is
 * anything else, or holds a number that is not finite as a 32-bit float.
 */
export function parseVector(text: string): number[] | undefined {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1] ?? text;
  const words = inner.split(/[\s,;]+/).filter((word) => word !== "");
  const numbers = words.map(Number);
  return numbers.length > 0 && numbers.every((number) => Number.isFinite(Math.fround(number)))
    ? numbers
    : undefined;
}
