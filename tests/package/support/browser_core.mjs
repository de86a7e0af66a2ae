// Which files of dist/ a page loads that opens a database, and how large they are on the wire.
import { readFileSync } from "node:fs";
import { posix, join } from "node:path";
import { gzipSync } from "node:zlib";

/** As servers compress by default. */
export const gzipBytes = (path) => gzipSync(readFileSync(path), { level: 6 }).length;

/**
 * The entry point, the worker, what both import, and one .wasm; as paths in `dist`. What is imported when it is first
 * needed is not among them: page.test.mjs checks that a page which opens, writes and searches loads just these.
 */
export function loadedByPage(dist, wasm) {
  const found = new Set();
  const visit = (name) => {
    if (found.has(name)) return;
    found.add(name);
    const code = readFileSync(join(dist, name), "utf8");
    // Static imports, as esbuild writes them.
    for (const [, target] of code.matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+\.js)"/g)) {
      visit(posix.join(posix.dirname(name), target));
    }
  };
  visit("browser/index.js");
  visit("browser/worker.js");
  return [...found, wasm].sort();
}
