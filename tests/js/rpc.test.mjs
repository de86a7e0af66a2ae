import assert from "node:assert/strict";
import { test } from "node:test";
import { importSources } from "./support/source.mjs";

const { RpcClient, serveRpc, parseRpcMessage, StrataError } = await importSources(
  "engine/rpc.ts",
  "errors.ts",
);

/** A client whose requests `answer` serves at the other end of a MessageChannel. `posted`: the messages of either end. */
function connected(t, answer) {
  const { port1, port2 } = new MessageChannel();
  const posted = { requests: postedThrough(port1), answers: postedThrough(port2) };
  const calls = [];
  const server = serveRpc(port2, {
    call: async (method, args, options) => {
      calls.push({ method, args, options });
      return answer(method, args, options);
    },
  });
  t.after(() => {
    port1.close();
    port2.close();
  });
  return { client: new RpcClient(port1), server, calls, posted };
}

function postedThrough(port) {
  const messages = [];
  const post = port.postMessage.bind(port);
  port.postMessage = (message, transfer) => {
    messages.push(message);
    post(message, transfer);
  };
  return messages;
}

test("a request arrives with its arguments, and its result comes back", async (t) => {
  const { client, calls } = connected(t, (_method, args) => args.filter.length);
  assert.equal(await client.call("count", { collection: "books", filter: "year > 3" }), 8);
  assert.deepEqual(calls[0].args, { collection: "books", filter: "year > 3" });
});

test("of an array that is part of a larger buffer, only that part is sent", async (t) => {
  const { client, calls } = connected(t, () => null);
  const matrix = Float32Array.from({ length: 3000 }, (_, i) => i);
  await client.call("search", { collection: "c", query: matrix.subarray(3, 6) });
  const { query } = calls[0].args;
  assert.deepEqual(query, Float32Array.of(3, 4, 5));
  assert.equal(query.buffer.byteLength, 12);
  assert.equal(matrix.length, 3000, "the caller keeps the whole");
});

test("a failure keeps its code and message, and its class", async (t) => {
  const { client } = connected(t, () => {
    throw new StrataError("NO_SPACE", "the disk is full");
  });
  const rejection = assert.rejects(client.call("flush", {}), {
    code: "NO_SPACE",
    message: "the disk is full",
  });
  await rejection;
  await assert.rejects(client.call("flush", {}), StrataError);
});

test("a failure that is not ours arrives as INTERNAL, never as an empty message", async (t) => {
  const { client } = connected(t, () => null.nothing);
  await assert.rejects(client.call("flush", {}), { code: "INTERNAL", message: /TypeError/ });
});

test("typed arrays arrive as they are, and the sender keeps what it does not transfer", async (t) => {
  const { client } = connected(t, (_method, { head, vectors }) => ({
    head: head.length,
    sum: vectors[0] + vectors[1],
  }));
  const vectors = Float32Array.of(1.5, 2);
  const head = new Uint8Array(100);
  const args = { collection: "c", head, vectors };
  assert.deepEqual(await client.call("write", args, { transfer: [head.buffer] }), { head: 100, sum: 3.5 });
  assert.equal(vectors[0], 1.5);
  assert.equal(head.length, 0, "the head was given away");
});

test("the caller's signal reaches the engine while the call runs", async (t) => {
  const { client } = connected(t, (_method, _args, { signal }) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new StrataError("ABORTED", "stopped")));
    });
  });
  const controller = new AbortController();
  const call = client.call("compact", {}, { signal: controller.signal });
  setTimeout(() => controller.abort(), 10);
  await assert.rejects(call, { code: "ABORTED" });
});

test("progress arrives in order, before the result", async (t) => {
  const { client } = connected(t, (_method, _args, { onProgress }) => {
    [0.25, 0.5, 1].forEach((done) => onProgress(done));
    return null;
  });
  const seen = [];
  await client.call("compact", {}, { onProgress: (done) => seen.push(done) });
  assert.deepEqual(seen, [0.25, 0.5, 1]);
});

test("nobody pays for progress that nobody asked for", async (t) => {
  const { client, calls } = connected(t, () => null);
  await client.call("compact", {});
  assert.equal(calls[0].options.onProgress, undefined);
});

const searchFor = (number) => ({ collection: "c", query: Float32Array.of(number), search: {} });

test("searches begun in one turn travel together, and so do their answers", async (t) => {
  const { client, posted } = connected(t, (_method, { query }) => Uint8Array.of(query[0]));
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => client.call("search", searchFor(i))),
  );
  assert.deepEqual(
    answers.map(([number]) => number),
    Array.from({ length: 20 }, (_, i) => i),
  );
  assert.deepEqual([posted.requests.length, posted.answers.length], [1, 1]);
  await client.call("search", searchFor(1));
  await client.call("search", searchFor(2));
  assert.deepEqual([posted.requests.length, posted.answers.length], [3, 3]);
});

test("no more than 32 searches wait for each other", async (t) => {
  const { client, posted } = connected(t, () => null);
  await Promise.all(Array.from({ length: 70 }, (_, i) => client.call("search", searchFor(i))));
  assert.deepEqual(
    posted.requests.map(({ length }) => length),
    [32, 32, 6],
  );
});

test("calls are carried out in their order, whatever travels together", async (t) => {
  const { client, calls } = connected(t, () => null);
  await Promise.all([
    client.call("search", searchFor(1)),
    client.call("write", { collection: "c", head: Uint8Array.of(2) }),
    client.call("search", searchFor(3)),
    client.call("search", searchFor(4)),
    client.call("flush", {}),
    client.call("search", searchFor(5)),
  ]);
  assert.deepEqual(
    calls.map(({ method, args }) => `${method} ${args.query ?? args.head ?? ""}`),
    ["search 1", "write 2", "search 3", "search 4", "flush ", "search 5"],
  );
});

test("a search is sent as it was asked, though its query changes before it is sent", async (t) => {
  const { client, calls } = connected(t, () => null);
  const request = searchFor(1);
  const answers = [client.call("search", request)];
  request.query[0] = 2;
  answers.push(client.call("search", request));
  await Promise.all(answers);
  assert.deepEqual(
    calls.map(({ args }) => args.query[0]),
    [1, 2],
  );
});

test("of searches that travel together each fails by itself", async (t) => {
  const { client } = connected(t, (_method, { query }) => {
    if (query[0] === 1) throw new StrataError("INVALID_ARGUMENT", "not this one");
    return null;
  });
  const settled = await Promise.allSettled([0, 1, 2].map((i) => client.call("search", searchFor(i))));
  assert.deepEqual(
    settled.map(({ status, reason }) => reason?.code ?? status),
    ["fulfilled", "INVALID_ARGUMENT", "fulfilled"],
  );
});

test("of searches that travel together one can be aborted", async (t) => {
  const { client } = connected(t, (_method, { query }, { signal }) => {
    if (query[0] !== 1) return null;
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new StrataError("ABORTED", "stopped")));
    });
  });
  const controller = new AbortController();
  const answers = [0, 1, 2].map((i) =>
    client.call("search", searchFor(i), i === 1 ? { signal: controller.signal } : {}),
  );
  controller.abort(); // Before anything was sent: the request still comes first.
  const settled = await Promise.allSettled(answers);
  assert.deepEqual(
    settled.map(({ status, reason }) => reason?.code ?? status),
    ["fulfilled", "ABORTED", "fulfilled"],
  );
});

test("searches that cannot be sent fail, and the next one works", async (t) => {
  const { client } = connected(t, () => 7);
  const broken = { ...searchFor(1), search: { filter: () => {} } };
  await assert.rejects(client.call("search", broken), StrataError);
  assert.equal(await client.call("search", searchFor(2)), 7);
});

test("disconnecting rejects searches that wait to be sent", async (t) => {
  const { client, posted } = connected(t, () => null);
  const call = client.call("search", searchFor(1));
  client.disconnect(new StrataError("UNAVAILABLE", "the tab is gone"));
  await assert.rejects(call, { code: "UNAVAILABLE" });
  assert.equal(posted.requests.length, 0);
});

test("arguments that cannot be sent fail the call, and the next one works", async (t) => {
  const { client } = connected(t, () => 7);
  await assert.rejects(client.call("count", { collection: "c", filter: () => {} }), StrataError);
  assert.equal(await client.call("count", { collection: "c", filter: "" }), 7);
});

test("disconnecting rejects what is under way and everything later", async (t) => {
  const { client } = connected(t, () => new Promise(() => {}));
  const call = client.call("flush", {});
  client.disconnect(new StrataError("UNAVAILABLE", "the tab is gone"));
  await assert.rejects(call, { code: "UNAVAILABLE" });
  await assert.rejects(client.call("flush", {}), { code: "UNAVAILABLE" });
});

test("stopping the server gives back the views and cursors that the port left open", async (t) => {
  const { client, server, calls } = connected(t, (method, { cursor }) => {
    if (method === "view") return { view: 11, sequence: 1 };
    if (method === "scan") return { cursor: 22, page: new Uint8Array(1) };
    if (method === "scanNext") return { cursor: cursor === 22 ? 22 : 0, page: new Uint8Array(1) };
    return null;
  });
  await client.call("view", { collection: "c" });
  await client.call("scan", { collection: "c" });
  await client.call("scanNext", { cursor: 22, page: 1 });
  server.stop();
  const closed = calls
    .filter(({ method }) => method.endsWith("Close"))
    .map(({ method, args }) => [method, args]);
  assert.deepEqual(closed, [
    ["viewClose", { view: 11 }],
    ["scanClose", { cursor: 22 }],
  ]);
});

test("a call under way when the server is stopped answers nobody, and leaves no view behind", async (t) => {
  let finish;
  const closed = [];
  const [channel, other] = [new BroadcastChannel("stopped"), new BroadcastChannel("stopped")];
  t.after(() => other.close());
  const server = serveRpc(channel, {
    call: (method, args) => {
      if (method === "view")
        return new Promise((resolve) => (finish = () => resolve({ view: 7, sequence: 1 })));
      closed.push([method, args]);
      return Promise.resolve(null);
    },
  });
  other.postMessage({ id: 1, method: "view", args: { collection: "c" }, progress: false });
  while (!finish) await new Promise((resolve) => setTimeout(resolve, 5));
  server.stop();
  channel.close(); // From here on posting throws.
  finish();
  await new Promise((resolve) => setTimeout(resolve, 20)); // An unhandled rejection fails this test.
  assert.deepEqual(closed, [["viewClose", { view: 7 }]]);
});

test("messages of any other shape are not messages", () => {
  const foreign = [
    null,
    7,
    "id",
    [],
    {},
    { id: 1 },
    { id: "1", abort: true },
    { id: 1.5, abort: true },
    { id: 1, abort: 1 },
    { id: 1, method: "flush" },
    { id: 1, method: "flush", args: null, progress: false },
    { id: 1, code: "OK" },
    { id: 1, code: "NONSENSE", message: "x" },
    { id: 1, code: "IO_ERROR" },
    { id: 1, done: "half" },
  ];
  for (const message of foreign) assert.equal(parseRpcMessage(message), null, JSON.stringify(message));
  assert.ok(parseRpcMessage({ id: 1, abort: true }));
  assert.ok(parseRpcMessage({ id: 1, method: "flush", args: {}, progress: false }));
});

test("foreign messages at a port are ignored", async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  serveRpc(port2, { call: async () => 5 });
  port1.postMessage("hello");
  port1.postMessage({ id: 1, method: 3 });
  assert.equal(await new RpcClient(port1).call("count", { collection: "c", filter: "" }), 5);
});
