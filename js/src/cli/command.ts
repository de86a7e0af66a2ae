import { parseArgs, type ParseArgsConfig } from "node:util";
import type { RecordId } from "../ids.js";
import { parseId } from "./text_values.js";

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

/** The caller wrote something that no command understands. */
export class UsageError extends Error {}

export interface Command {
  name: string;
  /** One line for the overview. */
  summary: string;
  /** Everything about it. */
  usage: string;
  /** Names of the positional arguments. One in brackets may be absent; a last one that ends in `...` takes all that are left. */
  positionals: readonly string[];
  options: OptionsConfig;
  /** Does it; answers with the exit status. */
  run(line: CommandLine, signal: AbortSignal): Promise<number>;
}

/** A command's arguments, looked up by name. */
export class CommandLine {
  constructor(
    private readonly positionals: ReadonlyMap<string, readonly string[]>,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** A positional argument that must be there. */
  at(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw new UsageError(`${name} is missing`);
    return value;
  }

  optional(name: string): string | undefined {
    return this.positionals.get(name)?.[0];
  }

  /** All values of the positional argument that ends in `...`. */
  all(name: string): readonly string[] {
    return this.positionals.get(name) ?? [];
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** An option that is an integer of at least `min`. */
  integer(name: string, min: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min) {
      throw new UsageError(`--${name} must be an integer of at least ${min}, found '${text}'`);
    }
    return value;
  }

  /** An option that is a number. */
  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? NaN : Number(text);
    if (Number.isNaN(value)) throw new UsageError(`--${name} must be a number, found '${text}'`);
    return value;
  }

  /** An option that is one of `choices`. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined || choices.includes(text as T)) return text as T | undefined;
    throw new UsageError(`--${name} must be one of ${choices.join(", ")}; found '${text}'`);
  }

  /** `text` as an id: digits are an integer, unless --string-ids says otherwise. */
  id(text: string): RecordId {
    return parseId(text, this.flag("string-ids"));
  }
}

export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  let parsed;
  try {
    const options: OptionsConfig = { ...command.options, json: { type: "boolean" } };
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return new CommandLine(assignPositionals(command.positionals, parsed.positionals), parsed.values);
}

/** Required names first: with [COLLECTION] FILE, one value is the FILE. */
function assignPositionals(names: readonly string[], values: readonly string[]): Map<string, string[]> {
  const isOptional = (name: string): boolean => name.startsWith("[");
  let spare = values.length - names.filter((name) => !isOptional(name)).length;
  const assigned = new Map<string, string[]>();
  let at = 0;
  for (const name of names) {
    if (isOptional(name) && spare-- <= 0) continue;
    const takesRest = name.endsWith("...");
    const taken = values.slice(at, takesRest ? undefined : at + 1);
    const bare = name.replace(/^\[|\]$|\.\.\.$/g, "");
    if (taken.length === 0) throw new UsageError(`${bare} is missing`);
    assigned.set(bare, taken);
    at += taken.length;
  }
  if (at < values.length) throw new UsageError(`'${values[at]}' is one argument too many`);
  return assigned;
}
