import { StrataError, throwIfAborted, toStrataError } from "../errors.js";
import type { CallOptions, EngineClient } from "../engine/client.js";
import { WRITE_METHODS, type EngineMethods, type MethodName, type WriteToken } from "../engine/methods.js";
import { withOwnBuffers } from "../engine/own_buffers.js";
import { RpcClient, type RpcPort } from "../engine/rpc.js";
import { TermHandles } from "./term_handles.js";

interface Call {
  method: MethodName;
  args: Record<string, unknown>;
  options: CallOptions;
  /** It was sent before, to an owner that ended; it may have been carried out. */
  repeated: boolean;
  resolve(result: unknown): void;
  reject(error: StrataError): void;
}

interface Connection {
  term: string;
  /** The owner is this tab's own worker, which answers every request before it ends. */
  local: boolean;
  rpc: RpcClient;
}

/** What ends connections; no caller sees it. */
const TAKEOVER = new StrataError("UNAVAILABLE", "another tab is taking the database over");

/**
 * The engine as a tab sees it, whichever tab owns it. While nobody does, calls wait; those that were sent to another
 * tab and not answered when it ended are sent again to the next owner, in order.
 *
 * Writes carry a token, so that one which had been applied is not applied again. The engine remembers only the last
 * token of each client, and takes earlier ones for applied: so towards another tab a write is sent alone, and nothing
 * behind it until it is answered. Towards one's own worker, calls flow freely and their arguments are moved, not kept.
 */
export class TabClient implements EngineClient {
  readonly #client: bigint = crypto.getRandomValues(new BigUint64Array(1))[0]! | 1n; // Not 0, which means none.
  readonly #handles = new TermHandles();
  #nextWrite = 1;
  #connection: Connection | null = null;
  /** Calls that wait to be sent. */
  #queue: Call[] = [];
  /** Calls sent to another tab and not answered yet, in order. */
  readonly #sent = new Set<Call>();
  /** Calls under way in this tab's own worker, and the connections on which they may be answered. */
  #localCalls = 0;
  #localRpcs: RpcClient[] = [];
  #writing = false;
  #failure: StrataError | null = null;
  #idle: (() => void) | null = null;

  call<M extends MethodName>(
    method: M,
    args: EngineMethods[M]["args"],
    options: CallOptions = {},
  ): Promise<EngineMethods[M]["result"]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const given = args as Record<string, unknown>;
      const withToken = WRITE_METHODS.has(method) ? { ...given, token: this.#token() } : given;
      const call: Call = {
        method,
        args: withToken,
        options,
        repeated: false,
        resolve: resolve,
        reject,
      };
      if (this.#connection?.local && this.#queue.length === 0) return this.#send(call, this.#connection);
      try {
        throwIfAborted(options.signal);
        call.args = structuredClone(withOwnBuffers(withToken), { transfer: options.transfer ?? [] });
      } catch (error) {
        return reject(toStrataError(error));
      }
      call.options = { signal: options.signal, onProgress: options.onProgress };
      this.#queue.push(call);
      this.#pump();
    });
  }

  /** From now on the owner is at the other end of `port`. */
  connect(term: string, port: RpcPort, local: boolean): void {
    this.disconnect();
    this.#failure = null;
    if (this.#localCalls === 0) this.#disconnectLocal();
    const rpc = new RpcClient(port);
    this.#connection = { term, local, rpc };
    if (local) this.#localRpcs.push(rpc);
    this.#pump();
  }

  /** There is no owner, as far as is known. What our own worker was asked, it still answers. */
  disconnect(): void {
    const old = this.#connection;
    this.#connection = null;
    if (!old || old.local) return;
    const again = [...this.#sent];
    this.#sent.clear();
    this.#writing = false;
    for (const call of again) call.repeated = true;
    this.#queue = [...again, ...this.#queue];
    old.rpc.disconnect(TAKEOVER);
  }

  /** Rejects all calls that wait, and all to come until {@link connect}. */
  fail(error: StrataError): void {
    this.disconnect();
    this.#failure = error;
    this.#disconnectLocal(error);
    for (const call of this.#queue.splice(0)) call.reject(error);
    this.#tellIdle();
  }

  /** Resolves when no call waits for an answer. */
  async drained(): Promise<void> {
    while (this.#queue.length + this.#sent.size + this.#localCalls > 0) {
      await new Promise<void>((resolve) => (this.#idle = resolve));
    }
  }

  #disconnectLocal(error: StrataError = TAKEOVER): void {
    for (const rpc of this.#localRpcs.splice(0)) rpc.disconnect(error);
  }

  #token(): WriteToken {
    return { client: this.#client, request: this.#nextWrite++ };
  }

  #pump(): void {
    while (this.#connection && this.#queue.length > 0 && !this.#writing) {
      const call = this.#queue.shift()!;
      if (call.options.signal?.aborted && !call.repeated) {
        call.reject(new StrataError("ABORTED", "the operation was aborted by its AbortSignal"));
      } else {
        this.#send(call, this.#connection);
      }
    }
    this.#tellIdle();
  }

  #send(call: Call, connection: Connection): void {
    const { term, local, rpc } = connection;
    let args: Record<string, unknown> | null;
    try {
      args = this.#handles.toEngine(call.method, call.args, term);
    } catch (error) {
      return call.reject(toStrataError(error));
    }
    if (!args) return call.resolve(null);
    if (local) this.#localCalls++;
    else this.#sent.add(call);
    const alone = !local && WRITE_METHODS.has(call.method);
    if (alone) this.#writing = true;

    const answered = (): boolean => {
      if (local) this.#localCalls--;
      else if (!this.#sent.delete(call)) return false; // Its connection ended: it waits in the queue.
      if (alone) this.#writing = false;
      return true;
    };
    rpc.call(call.method, args as never, call.options).then(
      (result) => {
        if (!answered()) return;
        call.resolve(this.#handles.fromEngine(call.method, call.args, result, term));
        this.#pump();
      },
      (error: unknown) => {
        if (!answered()) return;
        // The first sending had dropped it already.
        const dropped = call.repeated && call.method === "drop" && toStrataError(error).code === "NOT_FOUND";
        if (dropped) call.resolve(null);
        else call.reject(toStrataError(error));
        this.#pump();
      },
    );
  }

  #tellIdle(): void {
    this.#idle?.();
    this.#idle = null;
  }
}
