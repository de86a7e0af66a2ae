import { MessageChannel, Worker } from "node:worker_threads";
import { abortError, StrataError, throwIfAborted, type ErrorCode } from "../errors.js";
import { RpcClient, type RpcPort } from "../engine/rpc.js";
import type { EngineClient } from "../engine/client.js";
import type { EngineRequest } from "./open_engine.js";

/** What the worker says first. */
export type WorkerGreeting = { code: "OK" } | { code: ErrorCode; message: string };

/** Opens the engine in a worker thread of its own, so that no request keeps this thread busy. */
export async function openInWorker(request: EngineRequest, signal?: AbortSignal): Promise<EngineClient> {
  throwIfAborted(signal);
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: { request, port: port2 },
    transferList: [port2],
    execArgv: [], // Not this process's: `node -e` and its like would be meant for a script that is not there.
  });
  const client = new RpcClient(port1 as unknown as RpcPort);
  try {
    await greeted(worker, signal);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  worker.on("error", (error) =>
    client.disconnect(new StrataError("INTERNAL", `the worker failed: ${String(error)}`)),
  );
  worker.once("exit", () => client.disconnect(new StrataError("INTERNAL", "the worker has ended")));
  worker.unref(); // Calls under way keep the process alive, an idle database does not.
  return {
    call: (method, args, options) => {
      const answer = client.call(method, args, options);
      if (method !== "close") return answer;
      // The worker's thread ends with its port.
      return answer.finally(() => client.disconnect(new StrataError("CLOSED", "the database is closed")));
    },
  };
}

/** Resolves when the worker has opened the database. */
function greeted(worker: Worker, signal: AbortSignal | undefined): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(abortError(signal!));
    signal?.addEventListener("abort", abort, { once: true });
    worker.once("message", (greeting: WorkerGreeting) => {
      signal?.removeEventListener("abort", abort);
      if (greeting.code === "OK") resolve();
      else reject(new StrataError(greeting.code, greeting.message));
    });
    worker.once("error", (error) =>
      reject(new StrataError("INTERNAL", `the worker failed: ${String(error)}`)),
    );
  });
}
