// Builds: native (for its tests), wasm, js. With no argument, what the npm package is made of: wasm and js.
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

/** Configures if need be and builds one of CMakePresets.json's presets. */
export async function buildPreset(preset) {
  // Every time: ninja notices a changed CMake file by itself, but not a changed preset.
  await run("cmake", ["--preset", preset]);
  await run("cmake", ["--build", "--preset", preset]);
}

export const parts = {
  native: () => buildPreset("test"),
  wasm: async () => {
    await buildPreset("wasm-simd");
    await buildPreset("wasm-relaxed");
  },
  js: () => run("node", ["tools/build_js.mjs"]),
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = argv.length > 2 ? argv.slice(2) : ["wasm", "js"];
  for (const name of wanted) {
    if (!parts[name]) throw new Error(`no part '${name}' (there are: ${Object.keys(parts).join(", ")})`);
    await parts[name]();
  }
}
