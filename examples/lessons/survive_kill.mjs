// Kills a process with SIGKILL in the middle of writing, opens what it left, and counts.
import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { open } from "stratadb";

const child = fileURLToPath(new URL("./endless_writer.mjs", import.meta.url));
const ACKNOWLEDGED_BEFORE_KILL = 500;

/** Whether every write that the child reported as done is there. */
export async function surviveKill(directory) {
  rmSync(directory, { recursive: true, force: true });
  const writer = fork(child, [directory], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let acknowledged = 0;
  writer.on("message", (count) => {
    acknowledged = count;
    if (count >= ACKNOWLEDGED_BEFORE_KILL) writer.kill("SIGKILL");
  });
  await new Promise((resolve) => writer.on("exit", resolve));

  const db = await open(directory);
  const numbers = await db.collection("numbers");
  let found = 0;
  for await (const { id, metadata } of numbers.scan({ include: ["metadata"] })) {
    if (id !== found || metadata.square !== id * id) break;
    found++;
  }
  const damages = await db.verify();
  await db.close();
  console.log(
    `killed after ${acknowledged} acknowledged writes; opened again: ${found} records in order, ` +
      `${damages.length} damages, ${db.recovery.batchesReplayed} batches replayed from the log`,
  );
  return found >= acknowledged && damages.length === 0;
}
