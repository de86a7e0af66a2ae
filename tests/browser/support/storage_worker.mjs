import * as formats from "./format_scenarios.mjs";
import * as failures from "./opfs_failures.mjs";
import * as storages from "./storage_scenarios.mjs";

const scenarios = { ...storages, ...failures, ...formats };

self.addEventListener("message", async ({ data: { id, name, args } }) => {
  try {
    self.postMessage({ id, result: await scenarios[name](...args) });
  } catch (error) {
    self.postMessage({ id, error: `${error.stack ?? error}` });
  }
});
