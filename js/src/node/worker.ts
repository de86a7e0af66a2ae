import { parentPort, workerData } from "node:worker_threads";
import { toStrataError } from "../errors.js";
import { serveRpc, type RpcPort } from "../engine/rpc.js";
import { openEngine, type EngineRequest } from "./open_engine.js";
import type { WorkerGreeting } from "./worker_client.js";

const { request, port } = workerData as { request: EngineRequest; port: RpcPort };
const greet = (greeting: WorkerGreeting): void => parentPort?.postMessage(greeting);

try {
  // Ends with the port, which the other side closes after close().
  serveRpc(port, await openEngine(request));
  greet({ code: "OK" });
} catch (error) {
  const { code, message } = toStrataError(error);
  greet({ code, message });
  port.close?.();
}
