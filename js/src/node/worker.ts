import { parentPort, workerData } from "node:worker_threads";
import { toStrataError } from "../errors.js";
import type { EngineClient } from "../engine/client.js";
import { serveRpc, type RpcPort } from "../engine/rpc.js";
import { openEngine, type EngineRequest } from "./open_engine.js";
import type { WorkerGreeting } from "./worker_client.js";

const { request, port } = workerData as { request: EngineRequest; port: RpcPort };
const greet = (greeting: WorkerGreeting): void => parentPort?.postMessage(greeting);

try {
  const engine = await openEngine(request);
  // The thread ends with its database.
  const client: EngineClient = {
    call: (method, args, options) => {
      const answer = engine.call(method, args, options);
      if (method === "close") void answer.finally(() => setImmediate(() => port.close?.())).catch(() => {});
      return answer;
    },
  };
  serveRpc(port, client);
  greet({ code: "OK" });
} catch (error) {
  const { code, message } = toStrataError(error);
  greet({ code, message });
  port.close?.();
}
