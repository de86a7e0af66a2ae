// Processor time of a whole browser: of all threads of all processes below the one that was started on a profile. A page
// sees only a clock, which also runs while other programs have the processor.
import { readdirSync, readFileSync } from "node:fs";

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // It has ended.
  }
};
const processes = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name));
/** The number of the process that started it: the second field after the name, which may hold anything. */
const parentOf = (id) => read(`/proc/${id}/stat`).split(") ").at(-1).split(" ")[1];

/** @returns The processes of the browser on `profile`; none where there is no /proc. */
export function browserProcesses(profile) {
  if (process.platform !== "linux") return [];
  const all = processes().map((id) => ({ id, parent: parentOf(id) }));
  const found = new Set(
    all.map(({ id }) => id).filter((id) => read(`/proc/${id}/cmdline`).includes(profile.path)),
  );
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const { id, parent } of all) if (found.has(parent)) found.add(id);
  }
  return [...found];
}

/** Seconds that the threads of `ids` have run so far. */
export function secondsRun(ids) {
  let nanoseconds = 0;
  for (const id of ids) {
    let threads = [];
    try {
      threads = readdirSync(`/proc/${id}/task`);
    } catch {
      continue; // It has ended.
    }
    for (const thread of threads)
      nanoseconds += Number(read(`/proc/${id}/task/${thread}/schedstat`).split(" ")[0]);
  }
  return nanoseconds / 1e9;
}
