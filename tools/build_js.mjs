// dist/: the npm package's code, bundled with esbuild; its types, from tsc; the .wasm files.
import { build } from "esbuild";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bin, repo, run } from "./run.mjs";

const source = join(repo, "js/src");
const dist = join(repo, "dist");

// What the entry points of one esbuild run share goes into common chunks. What not every page loads is a run of its own:
// in the same one it would make for smaller and more chunks, a kilobyte more for every page. Every file lands one
// folder deep, from where js/src/loader.ts finds ../strata.wasm.
const browser = { platform: "browser", target: ["chrome95", "firefox100", "safari16.4"] };
const runs = [
  { platform: "node", target: "node20", entries: ["node/index", "node/worker", "node/embed", "cli/main"] },
  { ...browser, entries: ["browser/index", "browser/worker"], external: ["./transfer.js"] },
  { ...browser, entries: ["browser/transfer"], strataErrorFrom: "./index.js" },
  { ...browser, entries: ["browser/embed"], strataErrorFrom: "./index.js" },
];

/** Imports StrataError from a built file, so that there is one class of that name. */
const importStrataError = (path) => ({
  name: "strata-error",
  setup: ({ onResolve }) => onResolve({ filter: /\/strata_error\.js$/ }, () => ({ path, external: true })),
});

const builtFile = (variant, name) => join(repo, `build/wasm-${variant}`, name);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
copyFileSync(builtFile("simd", "strata.wasm"), join(dist, "strata.wasm"));
copyFileSync(builtFile("relaxed", "strata.wasm"), join(dist, "strata-relaxed.wasm"));
copyFileSync(builtFile("simd", "strata_suite.wasm"), join(dist, "strata-suite.wasm"));
copyFileSync(builtFile("relaxed", "strata_suite.wasm"), join(dist, "strata-suite-relaxed.wasm"));
copyFileSync(builtFile("simd", "strata_text.wasm"), join(dist, "strata-text.wasm"));

for (const { platform, target, entries, external = [], strataErrorFrom } of runs) {
  const present = entries.filter((entry) => existsSync(join(source, `${entry}.ts`)));
  for (const entry of entries) {
    if (!present.includes(entry))
      console.warn(`build_js: js/src/${entry}.ts is not there; left out of dist/`);
  }
  if (present.length === 0) continue;
  await build({
    entryPoints: present.map((entry) => ({ in: join(source, `${entry}.ts`), out: entry })),
    outdir: dist,
    chunkNames: `${platform}/chunk-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform,
    target,
    minify: platform === "browser",
    sourcemap: true,
    // Optional peers, imported only by whoever has them installed.
    external: ["@huggingface/transformers", ...external],
    plugins: strataErrorFrom ? [importStrataError(strataErrorFrom)] : [],
    logLevel: "warning",
    legalComments: "none",
    tsconfig: join(repo, "tsconfig.json"),
  });
}

/** Copies a declaration file of build/types/, and those that it names. */
function copyTypes(name) {
  const to = join(dist, "types", name);
  if (existsSync(to)) return;
  const text = readFileSync(join(repo, "build/types", name), "utf8");
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  for (const [, path] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
    copyTypes(join(dirname(name), `${path}.d.ts`));
}

// tsc declares every source it has seen; users see what the entry points name.
await run(bin("tsc"), ["-p", "tsconfig.types.json"]);
for (const entry of ["index.d.ts", "embed/index.d.ts"]) copyTypes(entry);
console.log("build_js: dist/ is built");
