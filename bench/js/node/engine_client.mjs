import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { missingFor } from "../engines.mjs";

const processFile = fileURLToPath(new URL("./engine_process.mjs", import.meta.url));

// An engine that does not answer for so long will not.
const ANSWER_MINUTES_MAX = Number(process.env.STRATA_BENCH_MINUTES ?? 60);

// Everything on one thread that can be told so. (LANCE_IO_THREADS = 1 stops LanceDB 0.39 for ever.)
const ONE_THREAD = Object.fromEntries(
  ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS", "LANCE_CPU_THREADS"].map(
    (name) => [name, "1"],
  ),
); // prettier-ignore

/** A process of one engine on one data set: what engine_process.mjs and the programs of bench/native/peers are. */
class EngineProcess {
  #child;
  #lines;
  #errors = "";
  settings;

  constructor(engine, folder, set, runtime) {
    const { base, queries, truth } = set.files;
    const args = [engine.configuration, folder, set.metric, base, queries, truth];
    const [program, programArgs] =
      engine.kind === "program"
        ? [engine.file, args]
        : [runtime, ["--expose-gc", processFile, engine.file, ...args]];
    this.#child = spawn(program, programArgs, { env: { ...process.env, ...ONE_THREAD } });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => (this.#errors += text));
    this.#child.stdin.on("error", () => {}); // Its end is seen on its output.
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async #answer() {
    const timer = setTimeout(() => {
      this.#errors += `no answer for ${ANSWER_MINUTES_MAX} minutes`;
      this.#child.kill("SIGKILL");
    }, ANSWER_MINUTES_MAX * 60_000);
    try {
      for (;;) {
        const { value, done } = await this.#lines.next();
        if (done)
          throw new Error(this.#errors.trim().split("\n").slice(-12).join("\n") || "it ended without a word");
        // Libraries may talk.
        if (value.startsWith("{")) return JSON.parse(value);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async begin() {
    this.settings = (await this.#answer()).settings;
    return this;
  }

  ask(...words) {
    this.#child.stdin.write(`${words.join(" ")}\n`);
    return this.#answer();
  }

  async end() {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  }
}

/** What a Node weighs that has loaded nothing. */
const emptyBytes = (runtime) =>
  Number(execFileSync(runtime, ["--expose-gc", "-e", "gc(); console.log(process.memoryUsage().rss)"]));

function bytesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

/** One engine on one data set, through its processes: the one that builds, and the one that is open. */
export class EngineClient {
  engine;
  #set;
  #folder;
  #runtime;
  #process;

  /** @param runtime - The Node that runs it, if it is a module. */
  constructor(engine, set, folder, runtime) {
    this.engine = engine;
    this.#set = set;
    this.#folder = folder;
    this.#runtime = runtime;
  }

  async #start() {
    const missing = missingFor(this.engine);
    if (missing) throw new Error(missing);
    this.#process = await new EngineProcess(this.engine, this.#folder, this.#set, this.#runtime).begin();
    return this.#process;
  }

  async build(withSlices) {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    await this.#start();
    const built = await this.#process.ask("build", ...(withSlices ? ["slices"] : []));
    const { isPersistent = true, ...figures } = built;
    if (isPersistent) await this.end();
    return { ...figures, diskBytes: isPersistent ? bytesIn(this.#folder) : null };
  }

  /** Takes a copy of what another has built. */
  copy(folder) {
    rmSync(this.#folder, { recursive: true, force: true });
    cpSync(folder, this.#folder, { recursive: true });
  }

  /** @returns `settings`, for people; `openMillis` until the first answer, and `memoryBytes`: what it weighs more than an empty process. */
  async open() {
    const process = this.#process ?? (await this.#start());
    const { openMillis, residentBytes, memoryBytes } = await process.ask("open");
    return {
      settings: process.settings,
      openMillis,
      memoryBytes: memoryBytes ?? residentBytes - emptyBytes(this.#runtime),
    };
  }

  /** @param filter - { slice, truth }, or nothing. */
  point(effort, seconds, filter) {
    return this.#process.ask("point", effort, seconds, ...(filter ? [filter.slice, filter.truth] : []));
  }

  async end() {
    const running = this.#process;
    this.#process = undefined;
    await running?.end();
  }
}
