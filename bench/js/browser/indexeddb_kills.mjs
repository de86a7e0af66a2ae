// How often Chromium loses a site's IndexedDB when it is killed while a bare page writes there: no StrataDB but for what
// keeps it from happening (js/src/storage/indexeddb_log.ts), if asked for.
//
//   node bench/js/browser/indexeddb_kills.mjs [--rounds N] [--new-log] [--seed N]
//
// Each round starts the browser on the same profile, counts what is there, writes 64 kB values one after the other, each
// acknowledged when its transaction is complete, and kills the browser after 50 to 450 ms.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { launchToKill, makeProfile, openPage } from "../../../tests/browser/support/chromium.mjs";
import { Random } from "../../../tests/browser/support/random.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "250" },
    "new-log": { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
});
const rounds = Number(values.rounds);
const random = new Random(Number(values.seed));
const bundled = await build({
  entryPoints: [fileURLToPath(new URL("../../../js/src/storage/indexeddb_log.ts", import.meta.url))],
  bundle: true,
  format: "esm",
  write: false,
});

const acknowledged = new Set();
const server = createServer((request, response) => {
  if (request.method === "POST") {
    request.on("data", (number) => acknowledged.add(Number(number))).on("end", () => response.end());
  } else if (request.url === "/log.js") {
    response.setHeader("content-type", "text/javascript").end(bundled.outputFiles[0].text);
  } else {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>kills</title>");
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const profile = makeProfile();

/** In the page: opens the store, leaves it in `globalThis.db`, and answers which values it holds. */
async function openStore(newLog) {
  if (newLog) await (await import("/log.js")).beginNewLog();
  const open = indexedDB.open("kills", 1);
  open.onupgradeneeded = () => open.result.createObjectStore("values");
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  globalThis.db = await done(open);
  return done(db.transaction("values").objectStore("values").getAllKeys());
}

/** In the page: writes for ever. */
async function write(first) {
  for (let number = first; ; number++) {
    await new Promise((resolve, reject) => {
      const transaction = db.transaction("values", "readwrite", { durability: "relaxed" });
      transaction.objectStore("values").put(new Uint8Array(65536), number);
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    void fetch("/", { method: "POST", body: String(number) });
  }
}

let lossCount = 0;
for (let round = 0; round < rounds; round++) {
  const { context, kill } = await launchToKill(profile);
  try {
    const page = await openPage(context, url);
    // The first opening after a loss may fail.
    const there = await page
      .evaluate(openStore, values["new-log"])
      .catch(() => page.evaluate(openStore, values["new-log"]));
    const kept = new Set(there);
    const lost = [...acknowledged].filter((number) => !kept.has(number)).length;
    if (lost > 0) {
      lossCount++;
      console.log(`round ${round}: ${lost} of ${acknowledged.size} acknowledged values lost`);
      acknowledged.clear();
    }
    page.evaluate(write, round * 10_000 + 1).catch(() => {}); // It ends with the browser.
    await new Promise((resolve) => setTimeout(resolve, 50 + random.below(400)));
  } finally {
    await kill();
  }
}
console.log(
  `seed ${values.seed}: ${lossCount} losses in ${rounds} rounds, ${values["new-log"] ? "with" : "without"} a new log each time`,
);
profile.remove();
server.close();
