// The package as npm hands it out: packed, and installed into an empty project.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const repo = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs a program in `cwd`; answers with what it printed. Fails, with all of it, on another status than 0. */
export async function run(program, args, cwd) {
  try {
    return (await promisify(execFile)(program, args, { cwd, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}: status ${error.code}\n${error.stdout}\n${error.stderr}`, {
      cause: error,
    });
  }
}

/** Packs the repository; answers with npm's report (`files`, `size`) and the path of the tarball. */
export async function pack(into) {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", into];
  const [report] = JSON.parse(await run("npm", args, repo));
  return { ...report, path: join(into, report.filename) };
}

/** A new project with the packed package installed. The caller removes it. */
export async function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), "strata-package-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { path } = await pack(folder);
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({ name: "consumer", private: true, type: "module" }),
    );
    // Offline: the package has no dependency that would have to come from somewhere.
    await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", path], project);
    return { project, packageFolder: join(project, "node_modules/stratadb"), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
