// `npm start`: from a bare checkout to the lessons in a database. Arguments (--once) go to the example.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parts } from "./build.mjs";
import { repo } from "./run.mjs";
import { setup } from "./setup.mjs";

await setup(["wasm"]);
await parts.wasm();
await parts.js();

// Not run(): the example may serve a page until it is interrupted, and talks to the terminal itself.
const child = spawn(process.execPath, [join(repo, "examples/lessons/main.mjs"), ...process.argv.slice(2)], {
  cwd: repo,
  stdio: ["ignore", "inherit", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
