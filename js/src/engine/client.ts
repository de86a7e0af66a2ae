import type { EngineMethods, MethodName } from "./methods.js";

/** What a call may carry besides its arguments. */
export interface CallOptions {
  /** Ends long work between its steps; the call then rejects with `ABORTED`. */
  signal?: AbortSignal | undefined;
  /** Called now and then with the part done, in [0, 1]. */
  onProgress?: ((done: number) => void) | undefined;
  /** Buffers in the arguments that the caller gives away: a client that posts messages moves them instead of copying. */
  transfer?: ArrayBuffer[] | undefined;
}

/**
 * The one way the public classes reach an engine: in the same thread ({@link Engine}), in a worker
 * ({@link RpcClient}) or in another tab. Arguments and results are plain data that `structuredClone` accepts; failures
 * are rejections with a `StrataError`.
 */
export interface EngineClient {
  /**
   * Carries out `method`. `args` is read before this returns; a client that keeps it (to send it again after the
   * owning tab died) copies it first, and puts a `token` into the arguments of the {@link WRITE_METHODS}. Calls of one
   * client take effect in the order in which they were made.
   */
  call<M extends MethodName>(
    method: M,
    args: EngineMethods[M]["args"],
    options?: CallOptions,
  ): Promise<EngineMethods[M]["result"]>;
}
