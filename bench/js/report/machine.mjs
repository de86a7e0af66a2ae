// Where and with what a result was measured.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { findChromium } from "../../../tests/browser/support/chromium.mjs";

const here = fileURLToPath(new URL("../", import.meta.url));
const DEBIAN = ["libhnswlib-dev", "libfaiss-dev"];

function output(program, ...args) {
  try {
    return execFileSync(program, args, { cwd: here, stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

function packageVersions() {
  const { dependencies } = JSON.parse(readFileSync(`${here}package.json`));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => {
      const installed = output(
        process.execPath,
        "-p",
        `JSON.parse(fs.readFileSync("node_modules/${name}/package.json")).version`,
      );
      return [name, installed ?? "not installed"];
    }),
  );
}

/** @param runtime - The Node that ran the engines. */
export const describeMachine = (runtime) => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: process.platform,
  node: output(runtime, "--version"),
  chromium: findChromium() && output(findChromium(), "--version"),
  compiler: output("c++", "--version")?.split("\n")[0],
  commit: output("git", "describe", "--always", "--dirty"),
  packages: packageVersions(),
  debian: Object.fromEntries(
    DEBIAN.map((name) => [name, output("dpkg-query", "-W", "-f", "${Version}", name) ?? "not installed"]),
  ),
});
