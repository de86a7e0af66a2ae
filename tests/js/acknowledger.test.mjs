import assert from "node:assert/strict";
import { test } from "node:test";
import { importSources } from "./support/source.mjs";

const { Acknowledger, Background, StrataError } = await importSources(
  "engine/acknowledger.ts",
  "engine/background.ts",
  "errors.ts",
);

const atOnce = { settled: async () => {}, durable: async () => {} };

test("strict writes of one turn share one sync, and none is acknowledged before it", async () => {
  let syncs = 0;
  const acknowledger = new Acknowledger(atOnce, true, () => syncs++);
  const acknowledged = [];
  const waits = [1, 2, 3].map((n) => acknowledger.written().then(() => acknowledged.push([n, syncs])));
  await Promise.resolve();
  assert.deepEqual(acknowledged, []);
  await Promise.all(waits);
  assert.deepEqual(acknowledged, [
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  await acknowledger.written();
  assert.equal(syncs, 2);
});

test("a strict write waits until the storage says that the sync survives power loss", async () => {
  let finish;
  const durable = new Promise((resolve) => (finish = resolve));
  const acknowledger = new Acknowledger({ ...atOnce, durable: () => durable }, true, () => {});
  let done = false;
  const wait = acknowledger.written().then(() => (done = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(done, false);
  finish();
  await wait;
});

test("a relaxed write syncs nothing but waits until it survives the process", async () => {
  const events = [];
  const storage = { ...atOnce, settled: async () => void events.push("settled") };
  await new Acknowledger(storage, false, () => events.push("sync")).written();
  assert.deepEqual(events, ["settled"]);
});

test("after a failed sync every waiting write fails and later ones are READ_ONLY", async () => {
  const acknowledger = new Acknowledger(atOnce, true, () => {
    throw new StrataError("IO_ERROR", "the disk is broken");
  });
  const results = await Promise.allSettled([acknowledger.written(), acknowledger.written()]);
  assert.deepEqual(
    results.map(({ reason }) => reason?.code),
    ["IO_ERROR", "IO_ERROR"],
  );
  assert.throws(() => acknowledger.checkWritable(), { code: "READ_ONLY", message: /the disk is broken/ });
});

/** Background work of `slices` slices, each of which takes `millis`. */
function worker(slices, millis) {
  return {
    done: 0,
    hasBackgroundWork() {
      return this.done < slices;
    },
    runBackground() {
      const until = performance.now() + millis;
      while (performance.now() < until);
      return ++this.done < slices;
    },
  };
}

test("background work runs slice by slice until nothing is due, and lets other tasks in between", async () => {
  const work = worker(20, 1);
  const background = new Background(work);
  background.wake();
  let turns = 0;
  while (work.done < 20) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  assert.ok(turns >= 10, `only ${turns} turns for 20 slices`);
  assert.equal(work.done, 20);
});

test("requests awaited in a tight loop, which never lets the event loop turn, do not starve it", async () => {
  const work = worker(5, 1);
  const background = new Background(work);
  background.wake();
  const deadline = performance.now() + 5000;
  while (work.done < 5 && performance.now() < deadline) await background.takeTurns();
  assert.equal(work.done, 5);
});

test("work that is put off is asked for again, in a tight loop of requests too", async () => {
  const ready = performance.now() + 300;
  const work = {
    done: 0,
    hasBackgroundWork() {
      return this.done === 0;
    },
    runBackground() {
      if (performance.now() > ready) this.done++;
      return false;
    },
  };
  const background = new Background(work);
  background.wake();
  const deadline = performance.now() + 5000;
  while (work.done === 0 && performance.now() < deadline) await background.takeTurns();
  assert.equal(work.done, 1);
  background.stop();
});

test("a failing slice is remembered, and tried again after a pause", async () => {
  let failures = 1;
  const work = {
    hasBackgroundWork: () => failures >= 0,
    runBackground() {
      if (failures-- > 0) throw new StrataError("NO_SPACE", "full");
      return false;
    },
  };
  const background = new Background(work);
  background.wake();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(background.lastError.code, "NO_SPACE");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(background.lastError, null);
  background.stop();
});
