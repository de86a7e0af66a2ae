// Running programs, for the scripts beside this one. Node built-ins only: these run before anything is installed.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repo = dirname(dirname(fileURLToPath(import.meta.url)));
export const bin = (name) => join(repo, "node_modules", ".bin", name);

/** A program that ended with another status than 0; `output` is what it had printed. */
export class ProgramFailed extends Error {
  #output;
  constructor(message, output) {
    super(message);
    this.#output = output;
    // Where in these scripts it was started explains nothing; what it printed is above already.
    this.stack = message;
  }
  get output() {
    return this.#output;
  }
}

/**
 * Runs `program` in the repository with nothing on its standard input, and shows what it prints as it prints it.
 *
 * @returns Everything it printed, both streams in order of arrival.
 * @throws {@link ProgramFailed} unless it ends with status 0.
 */
export function run(program, args = [], { env = {}, cwd = repo, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const take = (to) => (chunk) => {
      output += chunk;
      if (!quiet) to.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const how = signal ? `was ended by ${signal}` : `ended with status ${code}`;
      reject(new ProgramFailed(`${program} ${args.join(" ")} ${how}`, output));
    });
  });
}
