import { StrataError } from "./errors.js";

type Listener = ((done: number) => void) | undefined;

/** Tells a listener how far the work is, in [0, 1]. If it throws, the work ends: `ABORTED`, with that as `cause`. */
export function tellProgress(onProgress: Listener, done: number): void {
  try {
    onProgress?.(done);
  } catch (error) {
    throw new StrataError("ABORTED", "the operation was ended by its onProgress", { cause: error });
  }
}

/** Tells a listener that the work is done, when it is too late for it to end anything. */
export function tellDone(onProgress: Listener): void {
  try {
    onProgress?.(1);
  } catch {
    // Rejecting now would say that nothing was done.
  }
}
