// Serves folders on 127.0.0.1 under the strictest policy that the package promises to work with.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { extname, join, normalize } from "node:path";

export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * `folders`: what stands under which first part of the path, for example { dist: "/path/to/dist" }. `onPost` hears of
 * the bodies that pages send; `policy` is the content security policy of every answer.
 */
export async function serve(folders, { onPost, policy = POLICY } = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://host").pathname));
    requests.push(path);
    const [, first, ...rest] = path.split("/");
    const headers = { "Content-Security-Policy": policy, "Cache-Control": "no-store" };
    if (request.method === "POST") {
      onPost?.(await text(request));
      return response.writeHead(204, headers).end();
    }
    if (path === "/favicon.ico") return response.writeHead(204, headers).end();
    try {
      if (!Object.hasOwn(folders, first)) throw new Error("not served");
      const bytes = await readFile(join(folders[first], ...rest));
      response.writeHead(200, {
        ...headers,
        "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      });
      response.end(bytes);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Paths asked for so far. */
    requests,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
