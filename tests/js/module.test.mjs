// The .wasm files that ship: what they hold, and that the TypeScript side agrees with them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { open, StrataError } from "stratadb";
import { functionBodies } from "./support/wasm_code.mjs";
import { importSources } from "./support/source.mjs";

const dist = new URL("../../dist/", import.meta.url);

test("the build for plain SIMD measures distances with it: a hundred arithmetic v128 instructions, none relaxed", () => {
  const { simd, arithmetic, relaxed, instructions } = functionBodies(
    readFileSync(new URL("strata.wasm", dist)),
  );
  console.log(`strata.wasm: ${simd} v128 instructions of ${instructions}, ${arithmetic} of them arithmetic`);
  // The loops of core/src/vector, each of them there once, have 114. All v128 instructions together say less: most of
  // them set memory to zero.
  assert.ok(arithmetic >= 110, `${arithmetic} arithmetic v128 instructions`);
  assert.equal(relaxed, 0);
});

test("the build for relaxed SIMD uses relaxed instructions", () => {
  const { simd, relaxed } = functionBodies(readFileSync(new URL("strata-relaxed.wasm", dist)));
  console.log(`strata-relaxed.wasm: ${simd} v128 instructions, ${relaxed} of them relaxed`);
  // As many as the loops over codes (core/src/vector/code_kernels.cc) had when they were written; fewer: one fell back.
  assert.ok(relaxed >= 9, `${relaxed} relaxed instructions`);
});

/** The module as the package ships it, with a host that is never called. */
async function startModule() {
  const { instantiate, makeHostFunctions } = await importSources(
    "engine/instantiate.ts",
    "engine/host_functions.ts",
  );
  const wasm = await WebAssembly.compile(readFileSync(new URL("strata.wasm", dist)));
  return instantiate(wasm, (memory) => makeHostFunctions({ storage: {}, memory }));
}

test("every error code of the module has its place in the TypeScript union, and no more", async () => {
  const { ERROR_CODES } = await importSources("errors.ts");
  const { decodeReply } = await importSources("wire/reply.ts");
  const { memory, session } = await startModule();
  assert.equal(ERROR_CODES[0], "OK");
  assert.equal(session.errorNames(), 0);
  const [at, bytes] = new Uint32Array(memory.buffer, session.replyAt(), 2);
  const { json } = decodeReply(new Uint8Array(memory.buffer, at, bytes).slice());
  assert.deepEqual(json, ERROR_CODES.slice(1));
});

// bindings/wasm/sbrk.cc. Nothing is written to what input() reserves, so the machine need not have it.
test("memory grows by a twentieth or by what is asked for, beyond 2 GiB, and no further than 4", async () => {
  const { memory, session } = await startModule();
  const sizes = [memory.buffer.byteLength];
  for (let bytes = 2 ** 20; bytes <= 64 * 2 ** 20; bytes += 2 ** 20) {
    assert.notEqual(session.input(bytes), 0);
    if (memory.buffer.byteLength > sizes.at(-1)) sizes.push(memory.buffer.byteLength);
  }
  const steps = sizes.slice(1).map((size, i) => size / sizes[i] - 1);
  assert.ok(steps.length > 10 && steps.every((step) => step > 0.04 && step < 0.07), `${steps}`);
  assert.notEqual(session.input(2.5 * 2 ** 30), 0);
  assert.equal(session.input(2 ** 32 - 1), 0);
  assert.notEqual(session.input(1000), 0);
});

test("importing the package does nothing but define", async () => {
  assert.equal(typeof open, "function");
  assert.equal(new StrataError("NOT_FOUND", "x").code, "NOT_FOUND");
});
