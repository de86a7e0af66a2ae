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

test("every error code of the module has its place in the TypeScript union, and no more", async () => {
  const { ERROR_CODES } = await importSources("errors.ts");
  const { decodeReply } = await importSources("wire/reply.ts");
  // The module as the package ships it, with a host that is never called.
  const { default: createModule } = await import(
    new URL("../../build/wasm-simd/strata.mjs", import.meta.url)
  );
  const wasm = await WebAssembly.compile(readFileSync(new URL("strata.wasm", dist)));
  const module = await createModule({
    strataHost: {},
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(wasm, imports).then((instance) => done(instance, wasm));
      return {};
    },
  });
  assert.equal(ERROR_CODES[0], "OK");
  assert.equal(module.errorNames(), 0);
  const [at, bytes] = module.HEAPU32.subarray(module.replyAt() >>> 2);
  const { json } = decodeReply(module.HEAPU8.slice(at, at + bytes));
  assert.deepEqual(json, ERROR_CODES.slice(1));
});

test("importing the package does nothing but define", async () => {
  assert.equal(typeof open, "function");
  assert.equal(new StrataError("NOT_FOUND", "x").code, "NOT_FOUND");
});
