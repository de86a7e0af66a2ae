// Against a small server that speaks Ollama's protocol, as its docs/api.md has it: POST /api/embed takes model, input (a
// text or a list), truncate and keep_alive, and answers with embeddings; errors are a status and { "error": "..." }.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, it } from "node:test";
import { ollamaEmbedder } from "stratadb/embed";

const DIMENSION = 4;
/** Something that depends on the text. */
const vectorOf = (text) => [text.length, text.codePointAt(0) ?? 0, 1, -0.5];

/** Starts a server; `answer(body, attempt)` may give `{ status, body }`, or `undefined` for the normal answer. */
async function ollama(t, answer = () => undefined) {
  const requests = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const body = JSON.parse(text);
      requests.push({
        method: request.method,
        url: request.url,
        type: request.headers["content-type"],
        body,
      });
      const given = answer(body, requests.length, response);
      if (given === "hang") return;
      if (given === "cut") return response.destroy();
      const { model, input } = body;
      const embeddings = [].concat(input).map(vectorOf);
      const reply = {
        model,
        embeddings,
        total_duration: 14143917,
        load_duration: 1019500,
        prompt_eval_count: 8,
      };
      response.writeHead(given?.status ?? 200, { "Content-Type": "application/json; charset=utf-8" });
      response.end(given?.body ?? JSON.stringify(reply));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, requests };
}

const failure = (status, error) => () => ({ status, body: JSON.stringify({ error }) });

describe("ollamaEmbedder", () => {
  it("asks for the vectors of texts in batches, in order", async (t) => {
    const { url, requests } = await ollama(t);
    const embedder = ollamaEmbedder({
      url,
      model: "all-minilm",
      batchSize: 2,
      keepAlive: "10m",
      truncate: false,
    });
    const parts = [];
    const texts = ["a", "bb", "ccc", "dddd", "e"];
    const vectors = await embedder.embed(texts, { onProgress: (done) => parts.push(done) });
    assert.deepEqual([...vectors], texts.flatMap(vectorOf));
    assert.deepEqual(parts, [0.4, 0.8, 1]);
    assert.deepEqual(
      requests.map(({ body }) => body.input),
      [["a", "bb"], ["ccc", "dddd"], ["e"]],
    );
    const { method, url: path, type, body } = requests[0];
    assert.deepEqual([method, path, type], ["POST", "/api/embed", "application/json"]);
    assert.deepEqual(body, { model: "all-minilm", input: ["a", "bb"], truncate: false, keep_alive: "10m" });
  });

  it("sends only what was given, and nothing for no texts", async (t) => {
    const { url, requests } = await ollama(t);
    const embedder = ollamaEmbedder({ url: `${url}/`, model: "m" });
    assert.equal((await embedder.embed([])).length, 0);
    assert.equal(requests.length, 0);
    await embedder.embed(["x"]);
    assert.deepEqual(requests[0].body, { model: "m", input: ["x"] });
  });

  it("knows its dimension after the first vectors, or when told", async (t) => {
    const { url, requests } = await ollama(t);
    const embedder = ollamaEmbedder({ url, model: "m" });
    assert.throws(() => embedder.dimension, { code: "FAILED_PRECONDITION" });
    assert.equal(await embedder.ready(), embedder);
    assert.equal(embedder.dimension, DIMENSION);
    await embedder.ready();
    assert.equal(requests.length, 1);
    assert.equal(ollamaEmbedder({ url, model: "m", dimension: 768 }).dimension, 768);
    await assert.rejects(ollamaEmbedder({ url, model: "m", dimension: 768 }).embed(["x"]), {
      code: "FAILED_PRECONDITION",
      message: /4 numbers.*768/,
    });
  });

  it("puts prefixes in front of questions and passages, which are part of the id", async (t) => {
    const { url, requests } = await ollama(t);
    const prefix = { query: "search_query: ", passage: "search_document: " };
    const embedder = ollamaEmbedder({ url, model: "nomic", prefix });
    await embedder.embed(["x"]);
    await embedder.embed(["x"], { kind: "query" });
    assert.deepEqual(
      requests.map(({ body }) => body.input),
      [["search_document: x"], ["search_query: x"]],
    );
    assert.equal(ollamaEmbedder({ model: "nomic" }).id, "ollama:nomic");
    assert.notEqual(embedder.id, "ollama:nomic");
  });

  it("says that the model is missing, or the request refused, without asking again", async (t) => {
    const missing = await ollama(t, failure(404, 'model "m" not found, try pulling it first'));
    await assert.rejects(ollamaEmbedder({ url: missing.url, model: "m" }).embed(["x"]), {
      code: "NOT_FOUND",
      message: /try pulling it first/,
    });
    assert.equal(missing.requests.length, 1);
    const refused = await ollama(t, failure(400, "input length exceeds maximum context length"));
    await assert.rejects(ollamaEmbedder({ url: refused.url, model: "m" }).embed(["x"]), {
      code: "INVALID_ARGUMENT",
      message: /maximum context length/,
    });
    assert.equal(refused.requests.length, 1);
  });

  it("asks again after a server's failure or a cut connection, and gives up after the given number", async (t) => {
    const flaky = await ollama(t, (_, n) => (n === 1 ? failure(503, "busy")() : n === 2 ? "cut" : undefined));
    assert.equal((await ollamaEmbedder({ url: flaky.url, model: "m" }).embed(["x"])).length, DIMENSION);
    assert.equal(flaky.requests.length, 3);
    const broken = await ollama(t, failure(500, "llama runner process has terminated"));
    await assert.rejects(ollamaEmbedder({ url: broken.url, model: "m", retries: 1 }).embed(["x"]), {
      code: "UNAVAILABLE",
      message: /llama runner/,
    });
    assert.equal(broken.requests.length, 2);
  });

  it("is UNAVAILABLE where nothing listens", async (t) => {
    const { url } = await ollama(t);
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    const gone = new URL(url);
    gone.port = port;
    await assert.rejects(ollamaEmbedder({ url: gone.href, model: "m", retries: 0 }).embed(["x"]), {
      code: "UNAVAILABLE",
      message: /ECONNREFUSED/,
    });
  });

  it("gives up a request that takes too long, and does not repeat it", async (t) => {
    const { url, requests } = await ollama(t, () => "hang");
    await assert.rejects(ollamaEmbedder({ url, model: "m", timeout: 50 }).embed(["x"]), {
      code: "UNAVAILABLE",
      message: /50 ms/,
    });
    assert.equal(requests.length, 1);
  });

  it("stops when its signal fires: before, during a request and while waiting to repeat one", async (t) => {
    const hanging = await ollama(t, () => "hang");
    const embedder = ollamaEmbedder({ url: hanging.url, model: "m" });
    await assert.rejects(embedder.embed(["x"], { signal: AbortSignal.abort() }), { code: "ABORTED" });
    assert.equal(hanging.requests.length, 0);
    await assert.rejects(embedder.embed(["x"], { signal: AbortSignal.timeout(50) }), { code: "ABORTED" });

    const busy = await ollama(t, failure(503, "busy"));
    const started = performance.now();
    const waiting = ollamaEmbedder({ url: busy.url, model: "m", retries: 10 });
    await assert.rejects(waiting.embed(["x"], { signal: AbortSignal.timeout(400) }), { code: "ABORTED" });
    assert.ok(performance.now() - started < 3000);
  });

  it("does not take anything else for vectors", async (t) => {
    const replies = [
      "<html>", "null", "{}", '{"embeddings":[]}', '{"embeddings":[[1],[2]]}', '{"embeddings":[5]}',
      '{"embeddings":[[null,1]]}', '{"embeddings":[["a"]]}', '{"embedding":[1,2]}',
    ]; // prettier-ignore
    const { url } = await ollama(t, (_, n) => ({ body: replies[n - 1] }));
    for (const reply of replies) {
      const embedding = ollamaEmbedder({ url, model: "m" }).embed(["x"]);
      await assert.rejects(embedding, { code: "IO_ERROR" }, reply);
    }
  });

  it("notices a model that changed its dimension", async (t) => {
    const { url } = await ollama(t, (_, n) => (n > 1 ? { body: '{"embeddings":[[1,2]]}' } : undefined));
    const embedder = await ollamaEmbedder({ url, model: "m" }).ready();
    await assert.rejects(embedder.embed(["x"]), { code: "FAILED_PRECONDITION" });
    assert.equal(embedder.dimension, DIMENSION);
  });

  it("uses the fetch that it is given", async () => {
    const asked = [];
    const embedder = ollamaEmbedder({
      model: "m",
      fetch: async (url) => (asked.push(String(url)), new Response('{"embeddings":[[1,2,3]]}')),
    });
    assert.deepEqual([...(await embedder.embed(["x"]))], [1, 2, 3]);
    assert.deepEqual(asked, ["http://127.0.0.1:11434/api/embed"]);
  });

  it("refuses options and texts that cannot be", async (t) => {
    const { url, requests } = await ollama(t);
    for (const options of [
      {},
      { model: "" },
      { model: "m", url: "nowhere" },
      { model: "m", batchSize: 0 },
      { model: "m", x: 1 },
    ])
      assert.throws(() => ollamaEmbedder(options), { code: "INVALID_ARGUMENT" });
    const embedder = ollamaEmbedder({ url, model: "m" });
    for (const texts of ["x", [1], ["\ud800"]])
      await assert.rejects(embedder.embed(texts), { code: "INVALID_ARGUMENT" });
    assert.equal(requests.length, 0);
  });
});
