// The page of these benchmarks in a Chromium of its own.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, makeProfile, openPage } from "../../../tests/browser/support/chromium.mjs";
import { serve } from "../../../tests/browser/support/server.mjs";
import { dataFolder } from "../datasets.mjs";

export const PEER = "hnswlib-wasm";
const repo = fileURLToPath(new URL("../../../", import.meta.url));
// What the peer needs beyond the policy under which our package works: its bindings are made by `new Function`, and its
// .wasm is a data: URL.
const POLICY = "default-src 'self' data:; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'";

/** The folder of the installed peer, or undefined. */
export function findPeer() {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PEER}/package.json`));
  } catch {
    return undefined;
  }
}

/** What `work` returns for the page, and which of our .wasm files that loaded (`wasm`). */
export async function inBenchPage(work) {
  const folders = {
    bench: join(repo, "bench/js"),
    dist: join(repo, "dist"),
    data: dataFolder,
    [PEER]: join(findPeer(), "dist"),
  };
  const server = await serve(folders, { policy: POLICY });
  const profile = makeProfile();
  const context = await launch(profile);
  try {
    const page = await openPage(context, `${server.origin}/bench/browser/page/index.html`);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const result = await work(page);
    page.noErrors();
    return { ...result, wasm: [...new Set(server.requests.filter((path) => path.endsWith(".wasm")))] };
  } finally {
    await context.close();
    await server.close();
    profile.remove();
  }
}
