// Installs what the build needs: system packages, Emscripten, npm packages. Each step does nothing when it is done.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { repo, run } from "./run.mjs";

/** `groups`: those of tools/setup/packages.sh; all of them if empty. */
export async function setup(groups = []) {
  await run("bash", ["tools/setup/packages.sh", ...groups]);
  await run("bash", ["tools/setup/emscripten.sh"]);
  await installNpmPackages();
}

async function installNpmPackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(repo, "package-lock.json")))
    .update(process.version)
    .digest("hex");
  const stamp = join(repo, "node_modules", ".strata-setup");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await run("npm", ["ci", "--no-audit", "--no-fund"]);
  writeFileSync(stamp, wanted);
}

if (argv[1] === fileURLToPath(import.meta.url)) await setup(argv.slice(2));
