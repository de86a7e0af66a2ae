// A page that runs the scenarios of storage_scenarios.mjs in a dedicated worker, where OPFS handles are.
import { build } from "esbuild";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the page into a new folder; it offers `scenario(name, ...args)`. */
export async function buildStoragePage() {
  const folder = mkdtempSync(join(tmpdir(), "strata-storage-page-"));
  await build({
    entryPoints: [join(here, "storage_worker.mjs")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    sourcemap: "inline",
    logLevel: "warning",
  });
  writeFileSync(join(folder, "index.html"), `<!doctype html><script type="module" src="page.js"></script>`);
  writeFileSync(
    join(folder, "page.js"),
    `let id = 0;
    globalThis.newWorker = () => new Worker("worker.js", { type: "module" });
    globalThis.scenario = (name, ...args) => new Promise((resolve, reject) => {
      const worker = globalThis.worker ??= newWorker();
      const wanted = ++id;
      worker.addEventListener("message", function listen({ data }) {
        if (data.id !== wanted) return;
        worker.removeEventListener("message", listen);
        if (data.error) reject(new Error(data.error)); else resolve(data.result);
      });
      worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      worker.postMessage({ id: wanted, name, args });
    });`,
  );
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
