// The command line as people start it: a child process of the built package.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

/** Starts `stratadb ...args`. */
export const start = (...args) => spawn(process.execPath, [main, ...args.map(String)], { stdio: "pipe" });

/** What a started one answers: its exit status and what it printed. */
export async function answerOf(child) {
  const ended = new Promise((resolve) => child.on("close", resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
}

/** Runs `stratadb ...args` to its end. */
export function cli(...args) {
  const child = start(...args);
  child.stdin.end();
  return answerOf(child);
}

/** Runs it with --json; it must succeed, and every line must be JSON. Answers with the first, or with all. */
export async function cliLines(...args) {
  const { status, stdout, stderr } = await cli(...args, "--json");
  if (status !== 0) throw new Error(`stratadb ${args.join(" ")} ended with status ${status}: ${stderr}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export const cliJson = async (...args) => (await cliLines(...args))[0];
