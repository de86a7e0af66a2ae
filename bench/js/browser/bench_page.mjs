// The page of these benchmarks in a Chromium of its own.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, makeProfile, openPage } from "../../../tests/browser/support/chromium.mjs";
import { serve } from "../../../tests/browser/support/server.mjs";
import { browserProcesses } from "./processor_time.mjs";
import { dataFolder } from "../datasets.mjs";

/** The peers, and the folder of each package that the page loads from. */
const PEERS = { "hnswlib-wasm": "dist", edgevec: "." };
const repo = fileURLToPath(new URL("../../../", import.meta.url));
// What hnswlib-wasm needs beyond the policy under which our package works: its bindings are made by `new Function`, and
// its .wasm is a data: URL.
const POLICY = "default-src 'self' data:; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'";

const installed = fileURLToPath(new URL("../node_modules/", import.meta.url));

/** The names of the peers that are installed, and those that are not as { id, reason }. */
export function findPeers() {
  const isHere = (name) => existsSync(join(installed, name));
  const absent = Object.keys(PEERS).filter((name) => !isHere(name));
  return {
    peers: Object.keys(PEERS).filter(isHere),
    skipped: absent.map((id) => ({ id, reason: "not installed (npm install in bench/js)" })),
  };
}

/** What `work` returns for the page and the numbers of the browser's processes, and which of our .wasm files that loaded (`wasm`). */
export async function inBenchPage(work) {
  const folders = {
    bench: join(repo, "bench/js"),
    dist: join(repo, "dist"),
    data: dataFolder,
    ...Object.fromEntries(
      Object.entries(PEERS).map(([name, folder]) => [name, join(installed, name, folder)]),
    ),
  };
  const server = await serve(folders, { policy: POLICY });
  const profile = makeProfile();
  const context = await launch(profile);
  try {
    const page = await openPage(context, `${server.origin}/bench/browser/page/index.html`);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const result = await work(page, browserProcesses(profile));
    page.noErrors();
    return { ...result, wasm: [...new Set(server.requests.filter((path) => path.endsWith(".wasm")))] };
  } finally {
    await context.close();
    await server.close();
    profile.remove();
  }
}
