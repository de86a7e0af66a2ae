// The built package and the test page, served together.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../../../dist");

export async function serveSite(options) {
  if (!existsSync(join(dist, "browser/index.js"))) throw new Error("dist/ is not built: npm run build:js");
  const server = await serve({ dist, page: join(here, "page") }, options);
  return Object.assign(server, { page: `${server.origin}/page/index.html` });
}
