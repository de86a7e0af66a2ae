import { startTabWorker } from "../worker/tab_worker.js";

startTabWorker(globalThis as unknown as Parameters<typeof startTabWorker>[0]);
