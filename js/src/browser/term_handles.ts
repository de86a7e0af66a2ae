import { StrataError } from "../errors.js";
import type { MethodName } from "../engine/methods.js";

type Data = Record<string, unknown>;

/**
 * The read views and cursors of a tab, whose numbers belong to the engine that made them. Callers see numbers of this
 * tab's own, so that one made before a takeover is known to be gone instead of meaning another one of the new engine.
 */
export class TermHandles {
  readonly #real = new Map<number, { term: string; handle: number }>();
  #next = 1;

  /** `args` with the engine's own numbers, or null if there is nothing to ask it. `CLOSED` for one of another term. */
  toEngine(method: MethodName, args: Data, term: string): Data | null {
    const engineArgs = { ...args };
    for (const key of ["view", "cursor"]) {
      const number = args[key];
      if (typeof number !== "number" || number === 0) continue;
      const real = this.#real.get(number);
      if (real?.term === term) {
        engineArgs[key] = real.handle;
      } else if (method === "viewClose" || method === "scanClose") {
        this.#real.delete(number);
        return null;
      } else {
        const what = key === "view" ? "the snapshot" : "the scan";
        throw new StrataError(
          "CLOSED",
          `${what} ended when another tab took the database over; begin it again`,
        );
      }
    }
    return engineArgs;
  }

  /** `result` of the call with `args` (those of the caller), with numbers of this tab. */
  fromEngine(method: MethodName, args: Data, result: unknown, term: string): unknown {
    if (method === "viewClose") this.#real.delete(args.view as number);
    if (method === "scanClose" || method === "scanNext") this.#real.delete(args.cursor as number);
    if (method === "view") return this.#replace(result as Data, "view", term);
    if (method === "scan" || method === "scanNext") return this.#replace(result as Data, "cursor", term);
    return result;
  }

  #replace(result: Data, key: "view" | "cursor", term: string): Data {
    const handle = result[key] as number;
    if (handle === 0) return result;
    const number = this.#next++;
    this.#real.set(number, { term, handle });
    return { ...result, [key]: number };
  }
}
