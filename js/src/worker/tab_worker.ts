import type { FromWorker, ToWorker } from "../browser/messages.js";
import { Candidate } from "./candidate.js";

/** The part of a dedicated worker's global scope used here; TypeScript has it in a library that excludes the DOM. */
interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: { data: ToWorker }) => void): void;
}

/** What runs in every tab's worker: it does what its page says (js/src/browser/tab.ts). */
export function startTabWorker(scope: WorkerScope): void {
  let candidate: Candidate | null = null;
  scope.addEventListener("message", ({ data }) => {
    switch (data.kind) {
      case "start":
        candidate = new Candidate(data.request, (message, transfer) => scope.postMessage(message, transfer));
        return;
      case "settle":
        candidate?.settle(data.storage);
        return;
      case "join":
        candidate?.join(data.turn);
        return;
      case "leave":
        candidate?.leave();
    }
  });
}
