#!/usr/bin/env node
// `npx stratadb`: a database on the command line. Answers go to stdout, everything for people's eyes to stderr.
import { readFileSync } from "node:fs";
import { StrataError } from "../errors.js";
import { parseCommandLine, UsageError, type Command } from "./command.js";
import { compactCommand } from "./commands/compact.js";
import { exportCommand } from "./commands/export.js";
import { getCommand } from "./commands/get.js";
import { importCommand } from "./commands/import.js";
import { scanCommand } from "./commands/scan.js";
import { searchCommand } from "./commands/search.js";
import { statsCommand } from "./commands/stats.js";
import { tuneCommand } from "./commands/tune.js";
import { verifyCommand } from "./commands/verify.js";
import { EXIT_FAILED, EXIT_USAGE, exitStatusOf } from "./exit_status.js";

const COMMANDS: readonly Command[] = [
  importCommand, searchCommand, getCommand, scanCommand, statsCommand, verifyCommand, compactCommand, exportCommand,
  tuneCommand,
]; // prettier-ignore

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "stratadb: an embedded vector database",
    "",
    "usage: stratadb COMMAND DIRECTORY ... [--json]",
    "",
    ...lines,
    "",
    "stratadb COMMAND --help tells more. With --json, answers and errors are JSON.",
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 damage, 5 held by another process, 6 bad input,",
    "130 interrupted.",
  ].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(overview());
    return name === undefined ? EXIT_USAGE : 0;
  }
  if (name === "--version") {
    // From dist/cli/, where a build puts this.
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    console.log((JSON.parse(manifest) as { version: string }).version);
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const json = rest.includes("--json");
  try {
    if (!command) throw new UsageError(`there is no command '${name}'; stratadb --help lists them`);
    if (rest.includes("--help") || rest.includes("-h")) {
      console.log(command.usage);
      return 0;
    }
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    return await command.run(parseCommandLine(command, rest), interrupted.signal);
  } catch (error) {
    return report(error, json, command);
  }
}

function report(error: unknown, json: boolean, command: Command | undefined): number {
  const code = error instanceof StrataError ? error.code : error instanceof UsageError ? "USAGE" : "INTERNAL";
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    console.error(JSON.stringify({ error: { code, message } }));
  } else {
    console.error(`stratadb: ${message}${error instanceof StrataError ? ` (${code})` : ""}`);
    if (error instanceof UsageError && command) console.error(`\n${command.usage}`);
  }
  if (error instanceof UsageError) return EXIT_USAGE;
  return error instanceof StrataError ? exitStatusOf(error.code) : EXIT_FAILED;
}

// Whoever reads our answers may have had enough (`| head`): that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
