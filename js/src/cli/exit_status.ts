// What the exit status of the command line means. Scripts rely on these numbers: they never change.
import type { ErrorCode } from "../errors.js";

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_NOT_FOUND = 3;
export const EXIT_DAMAGED = 4;
export const EXIT_UNAVAILABLE = 5;
export const EXIT_BAD_INPUT = 6;
/** What shells report of a program that Ctrl-C ended: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;

const STATUS: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: EXIT_NOT_FOUND,
  CORRUPTION: EXIT_DAMAGED,
  UNSUPPORTED_FORMAT: EXIT_DAMAGED,
  UNAVAILABLE: EXIT_UNAVAILABLE,
  FENCED: EXIT_UNAVAILABLE,
  INVALID_ARGUMENT: EXIT_BAD_INPUT,
  ALREADY_EXISTS: EXIT_BAD_INPUT,
  FAILED_PRECONDITION: EXIT_BAD_INPUT,
  ABORTED: EXIT_INTERRUPTED,
};

export function exitStatusOf(code: ErrorCode): number {
  return STATUS[code] ?? EXIT_FAILED;
}
