import { readFileSync } from "node:fs";

/** The code blocks of a page of docs/formats/ behind its heading "Worked example(s)". */
export function workedExamples(name) {
  const page = readFileSync(new URL(`../../../docs/formats/${name}`, import.meta.url), "utf8");
  const [, examples] = page.split(/^## Worked examples?$/m);
  return [...examples.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block);
}

/** The bytes of a block: on each line hexadecimal pairs with single spaces, then what they mean. */
export function bytesOf(block) {
  const pairs = block
    .split("\n")
    .flatMap((line) => /^(?:[0-9a-f]{2} )*[0-9a-f]{2}/.exec(line)?.[0].split(" ") ?? []);
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}
