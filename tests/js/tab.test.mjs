// A tab's part in the election, with a worker that does what the test says and other tabs played by the test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { importSources } from "./support/source.mjs";

const { Candidate, MemoryStorage, StrataError, Tab } = await importSources(
  ...["browser/tab.ts", "worker/candidate.ts", "storage/memory_storage.ts", "errors.ts"],
);

// What a page has and Node has not.
const page = new EventTarget();
const place = {
  document: new EventTarget(),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  // Locks that are always free: who holds them plays no part here.
  navigator: { locks: { request: async (_name, _options, held) => held() } },
};
for (const [name, value] of Object.entries(place))
  Object.defineProperty(globalThis, name, { value, configurable: true });

class FakeWorker extends EventTarget {
  received = [];
  postMessage(message) {
    this.received.push(message);
    if (message.kind === "leave") this.say({ kind: "left", turn: this.turn, ...this.closing });
  }
  get turn() {
    return this.received.findLast(({ kind }) => kind === "join").turn;
  }
  say(message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: message }));
  }
  terminate() {}
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));
/** Waits for what a message that is under way will bring, on a busy machine as well. */
async function until(condition) {
  for (const end = performance.now() + 5000; !condition() && performance.now() < end;) await soon();
}
let databases = 0;

/** A tab of a new database, its worker, and the channel on which tabs talk. */
function openTab(t, storage = "auto") {
  const name = `database-${++databases}`;
  const channel = new BroadcastChannel(`stratadb/${name}`);
  const heard = [];
  channel.onmessage = ({ data }) => heard.push(data);
  const worker = new FakeWorker();
  const tab = new Tab({ name, storage, options: { strict: false } }, () => worker);
  t.after(async () => {
    await tab.close().catch(() => {});
    channel.close();
  });
  return { tab, worker, channel, heard };
}

test("a tab looks for the owner and connects to it", async (t) => {
  const { channel, heard } = openTab(t);
  await until(() => heard.length > 0);
  assert.deepEqual(heard[0], { kind: "who" });
  channel.postMessage({ kind: "leader", term: "one" });
  await until(() => heard.at(-1).kind === "connect");
  assert.equal(heard.at(-1).kind, "connect");
  assert.equal(heard.at(-1).term, "one");
});

test("a database in memory is its tab's own, whoever has one of the same name", async (t) => {
  const { channel, heard } = openTab(t, "memory");
  channel.postMessage({ kind: "leader", term: "one" });
  await soon();
  assert.deepEqual(heard, []);
});

test("a tab whose worker could not take over stands again once there is another owner", async (t) => {
  const { tab, worker, channel } = openTab(t);
  const call = tab.client.call("collections", {});
  worker.say({ kind: "failed", turn: worker.turn, code: "UNAVAILABLE", message: "held" });
  await assert.rejects(call, StrataError);
  const failedTurn = worker.turn;
  channel.postMessage({ kind: "leader", term: "two" });
  await until(() => worker.turn !== failedTurn);
  assert.equal(
    worker.turn,
    failedTurn + 1,
    "it is not in the queue, and would wait for ever when that owner ends",
  );
});

test("a tab whose worker fails while it owns the database follows the next owner", async (t) => {
  const { tab, worker, channel, heard } = openTab(t);
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  worker.say({ kind: "leading", turn: worker.turn, term: "own", port: port2 });
  const call = tab.client.call("collections", {});
  worker.say({ kind: "failed", turn: worker.turn, code: "IO_ERROR", message: "cannot be opened anew" });
  await assert.rejects(call, { code: "IO_ERROR" });
  channel.postMessage({ kind: "leader", term: "two" });
  await until(() => heard.at(-1)?.term === "two");
  assert.equal(heard.at(-1).term, "two");
});

test("closing tells when the owner could not make everything durable", async (t) => {
  const { tab, worker } = openTab(t);
  worker.closing = { failure: { code: "NO_SPACE", message: "the disk is full" } };
  await assert.rejects(tab.close(), { code: "NO_SPACE", message: "the disk is full" });
});

test("a worker whose database fails to close says so when it leaves", async (t) => {
  const { durable } = MemoryStorage.prototype;
  t.after(() => (MemoryStorage.prototype.durable = durable));
  const wasm = readFileSync(new URL("../../build/wasm-simd/strata.wasm", import.meta.url));
  const options = { strict: false, create: true, refuseDamaged: false, memoryBudget: 64 * 2 ** 20 };
  const said = [];
  const candidate = new Candidate({ name: "x", storage: "memory", options, wasm }, (message) => {
    said.push(message);
    if (message.kind === "leading") t.after(() => message.port.close());
  });
  candidate.join(1);
  while (said.length < 1) await soon();
  assert.equal(said[0].kind, "leading");
  MemoryStorage.prototype.durable = () => Promise.reject(new StrataError("NO_SPACE", "the disk is full"));
  candidate.leave();
  while (said.length < 2) await soon();
  assert.deepEqual(said[1], {
    kind: "left",
    turn: 1,
    failure: { code: "NO_SPACE", message: "the disk is full" },
  });
});
