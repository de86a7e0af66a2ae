import * as scenarios from "./storage_scenarios.mjs";

self.addEventListener("message", async ({ data: { id, name, args } }) => {
  try {
    self.postMessage({ id, result: await scenarios[name](...args) });
  } catch (error) {
    self.postMessage({ id, error: `${error.stack ?? error}` });
  }
});
