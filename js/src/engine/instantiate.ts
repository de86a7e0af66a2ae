import { StrataError } from "../strata_error.js";
import type { HostFunctions } from "./host_functions.js";
import type { CallFrame } from "./session.js";

type WasmFunction = (...args: (number | bigint | boolean)[]) => number | undefined;

/** What every module of bindings/wasm exports. */
interface Exports {
  memory: WebAssembly.Memory;
  /** Runs C++'s constructors. */
  _initialize: () => void;
  /** All functions that C++ has the address of, by address. */
  __indirect_function_table: WebAssembly.Table;
}

/** How the answer of a function is read: the numbers of bindings/wasm/embind_runtime.cc. */
const ANSWER_READERS: readonly ((answer: number | undefined) => unknown)[] = [
  (asItIs) => asItIs,
  (unsigned) => unsigned! >>> 0,
  (bool) => bool === 1,
];

/**
 * Starts an instance of `wasm`, a module of bindings/wasm, and collects the functions that its bindings declare. Their
 * arguments are numbers, booleans and, for 64-bit integers, BigInts, which WebAssembly converts itself.
 */
export async function instantiate<Session extends CallFrame>(
  wasm: WebAssembly.Module,
  makeHost?: (memory: () => WebAssembly.Memory) => HostFunctions,
): Promise<{ memory: WebAssembly.Memory; session: Session }> {
  const session: Record<string, (...args: Parameters<WasmFunction>) => unknown> = {};
  // A declaration names C++'s function for the arguments' types and the function that this one calls.
  const bind = (nameAt: number, invokerAt: number, functionAt: number, answer: number): void => {
    const invoke = table.get(invokerAt) as WasmFunction;
    const read = ANSWER_READERS[answer]!;
    session[textAt(nameAt)] = (...args) => read(invoke(functionAt, ...args));
  };
  const textAt = (address: number): string => {
    const bytes = new Uint8Array(memory.buffer, address);
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  };
  const outOfMemory = (): never => {
    throw new StrataError("OUT_OF_MEMORY", "WebAssembly memory is used up");
  };
  const host = makeHost?.(() => memory);
  const instance = await WebAssembly.instantiate(wasm, { strata: { ...host, bind, outOfMemory } });
  const { memory, _initialize, __indirect_function_table: table } = instance.exports as unknown as Exports;
  _initialize();
  return { memory, session: session as unknown as Session };
}
