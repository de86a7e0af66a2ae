// Against stand-ins for transformers.js: pipeline(task, model, options) gives a function; called with a list of inputs and,
// for texts, { pooling, normalize }, it gives a Tensor with `data` and `dims`.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transformersEmbedder } from "stratadb/embed";

const WIDTH = 3;

/** A feature-extraction pipeline that notes its calls: mean pooling of tokens that are the characters of a text. */
function textPipeline(calls = []) {
  return async (texts, options) => {
    calls.push({ texts, options });
    const data = new Float32Array(texts.flatMap((text) => [text.length, 1, text.codePointAt(0) ?? 0]));
    if (options?.normalize) {
      for (let i = 0; i < data.length; i += WIDTH) {
        const length = Math.hypot(...data.subarray(i, i + WIDTH));
        for (let j = i; j < i + WIDTH; j++) data[j] /= length;
      }
    }
    return { type: "float32", data, dims: [texts.length, WIDTH], size: data.length };
  };
}

describe("transformersEmbedder", () => {
  it("embeds texts in batches with the pooling and scaling asked for", async () => {
    const calls = [];
    const embedder = transformersEmbedder({
      model: "m",
      pipeline: textPipeline(calls),
      batchSize: 2,
      normalize: false,
    });
    const parts = [];
    const vectors = await embedder.embed(["a", "bb", "ccc"], { onProgress: (done) => parts.push(done) });
    assert.deepEqual([...vectors], [1, 1, 97, 2, 1, 98, 3, 1, 99]);
    assert.deepEqual(calls, [
      { texts: ["a", "bb"], options: { pooling: "mean", normalize: false } },
      { texts: ["ccc"], options: { pooling: "mean", normalize: false } },
    ]);
    assert.deepEqual(parts, [2 / 3, 1]);
    assert.equal(embedder.dimension, WIDTH);
  });

  it("scales to unit length by default", async () => {
    const vector = await transformersEmbedder({ model: "m", pipeline: textPipeline() }).embed(["abc"]);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-6);
  });

  it("loads a model once, with the task, type and device asked for, when it is first needed", async () => {
    const loads = [];
    const library = { pipeline: async (...args) => (loads.push(args), textPipeline()) };
    const embedder = transformersEmbedder({
      model: "Xenova/all-MiniLM-L6-v2",
      dtype: "q8",
      device: "cpu",
      library,
    });
    assert.equal(loads.length, 0);
    assert.throws(() => embedder.dimension, { code: "FAILED_PRECONDITION" });
    assert.equal((await embedder.ready()).dimension, WIDTH);
    await Promise.all([embedder.embed(["a"]), embedder.embed(["b"])]);
    assert.deepEqual(loads, [
      ["feature-extraction", "Xenova/all-MiniLM-L6-v2", { dtype: "q8", device: "cpu" }],
    ]);
  });

  it("puts prefixes in front of questions and passages", async () => {
    const calls = [];
    const prefix = { query: "query: ", passage: "passage: " };
    const embedder = transformersEmbedder({ model: "e5", pipeline: textPipeline(calls), prefix });
    await embedder.embed(["x"]);
    await embedder.embed(["x"], { kind: "query" });
    assert.deepEqual(
      calls.map(({ texts }) => texts),
      [["passage: x"], ["query: x"]],
    );
  });

  it("has an id for everything its vectors depend on", () => {
    const ids = [
      { model: "a" }, { model: "b" }, { model: "a", pooling: "cls" }, { model: "a", normalize: false },
      { model: "a", dtype: "q8" }, { model: "a", prefix: { query: "q" } }, { model: "a", prefix: { passage: "q" } },
    ].map((options) => transformersEmbedder(options).id); // prettier-ignore
    assert.equal(new Set(ids).size, ids.length, ids.join(" "));
    assert.equal(transformersEmbedder({ model: "a" }).id, ids[0]);
  });

  it("embeds pictures by models that give one vector for each, or one for each patch", async () => {
    const pictures = [new Blob(), "https://example.org/cat.png"];
    const given = [];
    const library = (dims, data) => ({
      pipeline: async (task) => (
        given.push(task),
        async (images) => (given.push(images), { dims, data: Float32Array.from(data) })
      ),
    });
    const embed = (dims, data, options) =>
      transformersEmbedder({
        model: "clip",
        task: "image-feature-extraction",
        library: library(dims, data),
        ...options,
      })
        .embed(pictures)
        .then((vectors) => [...vectors]);
    assert.deepEqual(await embed([2, 2], [3, 4, 0, 2], {}), [0.6, 0.8, 0, 1].map(Math.fround));
    assert.deepEqual(given, ["image-feature-extraction", pictures]);
    const patches = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    assert.deepEqual(await embed([2, 3, 2], patches, { normalize: false }), [1, 2, 7, 8]);
    assert.deepEqual(await embed([2, 3, 2], patches, { normalize: false, pooling: "mean" }), [3, 4, 9, 10]);
  });

  it("gives a tensor's memory back", async () => {
    let disposed = 0;
    const pipeline = async (texts) => ({
      data: new Float32Array(2 * texts.length),
      dims: [texts.length, 2],
      dispose: () => disposed++,
    });
    await transformersEmbedder({ model: "m", pipeline, batchSize: 1 }).embed(["a", "b"]);
    assert.equal(disposed, 2);
  });

  it("names the package that is missing", async () => {
    const embedder = transformersEmbedder({ model: "m" });
    for (const call of [embedder.embed(["x"]), embedder.ready()])
      await assert.rejects(call, { code: "UNSUPPORTED", message: /@huggingface\/transformers/ });
  });

  it("says why a model cannot be loaded, and tries again at the next call", async () => {
    let loads = 0;
    const library = {
      pipeline: async () => {
        if (loads++ === 0) throw new Error("404 model.onnx");
        return textPipeline();
      },
    };
    const embedder = transformersEmbedder({ model: "m", library });
    await assert.rejects(embedder.embed(["x"]), { code: "UNAVAILABLE", message: /404 model\.onnx/ });
    assert.equal((await embedder.embed(["x"])).length, WIDTH);
  });

  it("does not take another shape for vectors", async () => {
    const answers = [
      { dims: [1, 2, 3], data: [1, 2, 3, 4, 5, 6] },
      { dims: [2, 2], data: [1, 2, 3, 4] },
      { dims: [1, 2], data: [1] },
    ];
    for (const { dims, data } of answers) {
      const embedder = transformersEmbedder({ model: "m", pipeline: async () => ({ dims, data }) });
      await assert.rejects(embedder.embed(["x"]), { code: "IO_ERROR" }, String(dims));
    }
    const nan = transformersEmbedder({ model: "m", pipeline: async () => ({ dims: [1, 1], data: [NaN] }) });
    await assert.rejects(nan.embed(["x"]), { code: "IO_ERROR" });
  });

  it("stops between batches when its signal fires", async () => {
    const controller = new AbortController();
    const calls = [];
    const embedder = transformersEmbedder({ model: "m", pipeline: textPipeline(calls), batchSize: 1 });
    const { signal } = controller;
    const embedding = embedder.embed(["a", "b", "c"], { signal, onProgress: () => controller.abort() });
    await assert.rejects(embedding, { code: "ABORTED" });
    assert.ok(calls.length < 3);
  });

  it("refuses options and inputs that cannot be", async () => {
    for (const options of [
      {},
      { model: "m", task: "text-generation" },
      { model: "m", pooling: "max" },
      { model: "m", batchSize: 0 },
      { model: "m", task: "image-feature-extraction", pooling: "last_token" },
      { model: "m", revision: "main" },
    ])
      // prettier-ignore
      assert.throws(() => transformersEmbedder(options), { code: "INVALID_ARGUMENT" });
    const embedder = transformersEmbedder({ model: "m", pipeline: textPipeline() });
    for (const texts of ["x", [1], ["\udfff"]])
      await assert.rejects(embedder.embed(texts), { code: "INVALID_ARGUMENT" });
  });
});
