// Imports one TypeScript source of js/src by itself, for tests of parts that the package does not export.
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const source = fileURLToPath(new URL("../../../js/src/", import.meta.url));

/** Bundles the sources and imports them together, so that they share their classes; answers with all exports in one. */
export async function importSources(...paths) {
  const folder = mkdtempSync(join(tmpdir(), "strata-source-"));
  try {
    const outfile = join(folder, "sources.mjs");
    await build({
      stdin: {
        contents: paths.map((path) => `export * from "./${path}";`).join("\n"),
        resolveDir: source,
        loader: "ts",
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "error",
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
