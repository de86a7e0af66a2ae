// Serves the search page, the built package and the lessons on 127.0.0.1, from files only and under a strict content
// security policy.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "stratadb";

const here = fileURLToPath(new URL("./page/", import.meta.url));
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".map": "application/json",
  ".svg": "image/svg+xml",
};
const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
    "style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
};

/** The file that a URL path names, or nothing: page/ at the root, dist/ under /stratadb/. */
function fileFor(path) {
  const [root, name] = path.startsWith("/stratadb/")
    ? [dist, path.slice("/stratadb/".length)]
    : [here, path.slice(1)];
  const file = join(root, normalize(name || "index.html"));
  if (!file.startsWith(root) || !(extname(file) in TYPES)) return undefined;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** The whole lessons database as one stream, which the page imports into its own storage. */
async function sendExport(directory, response) {
  const db = await open(directory, { readOnly: true });
  try {
    response.writeHead(200, { ...HEADERS, "Content-Type": "application/jsonl" });
    await db.export(
      new WritableStream({
        write: (chunk) =>
          new Promise((resolve) => (response.write(chunk) ? resolve() : response.once("drain", resolve))),
        close: () => void response.end(),
        abort: (reason) => void response.destroy(reason),
      }),
    );
  } finally {
    await db.close();
  }
}

async function answer(directory, request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, HEADERS).end();
  } else if (pathname === "/lessons.export") {
    await sendExport(directory, response);
  } else {
    const file = fileFor(decodeURIComponent(pathname));
    if (!file) return void response.writeHead(404, HEADERS).end("not found");
    response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[extname(file)] });
    createReadStream(file).pipe(response);
  }
}

/** Serves until interrupted. If the port is taken, any free one is used. Returns the server, once it listens. */
export async function serve(directory, port) {
  const server = createServer((request, response) => {
    answer(directory, request, response).catch((error) => {
      console.error(`${request.url}: ${error.message}`);
      if (!response.headersSent) response.writeHead(500, HEADERS);
      response.end();
    });
  });
  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  try {
    await listen(port);
  } catch (error) {
    if (error.code !== "EADDRINUSE") throw error;
    await listen(0);
  }
  console.log(
    `\nSearch the lessons in your browser: http://127.0.0.1:${server.address().port}/   (Ctrl+C ends it)`,
  );
  return server;
}
