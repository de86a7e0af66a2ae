import { statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { StrataError, throwIfAborted } from "../errors.js";

/** How long to wait for a lock, since its holder may be about to end, and between two tries at most. */
const WAIT_MILLIS = 3000;
const PAUSE_MILLIS_MAX = 250;
/** All of sockaddr_un's sun_path. Versions of Node differ in how they end a shorter name; of this length all agree. */
const ABSTRACT_NAME_BYTES = 108;

/**
 * The right to write a directory, freed by the kernel when its holder dies, however it dies. Node has no flock, so it
 * is a listening socket: on Linux the abstract one that core/src/env/posix_lock.h takes too, on Windows a named pipe,
 * elsewhere a socket file that is proven stale by a refused connection. None of them crosses containers or machines;
 * there the epoch in the superblock is the last word.
 */
export class DirectoryLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Waits up to a few seconds; then `UNAVAILABLE`. With `probe` it only makes sure that nobody holds the lock, takes
   * nothing, and answers null, so that readers do not disturb each other.
   */
  static async take(
    directory: string,
    { probe, signal }: { probe: boolean; signal?: AbortSignal | undefined },
  ): Promise<DirectoryLock | null> {
    const path = lockPath(directory);
    const deadline = performance.now() + WAIT_MILLIS;
    for (let pause = 5; ; pause = Math.min(2 * pause, PAUSE_MILLIS_MAX)) {
      throwIfAborted(signal);
      if (probe) {
        if (!(await isHeld(path))) return null;
      } else {
        const server = await listen(path);
        if (server) return new DirectoryLock(server);
      }
      if (performance.now() + pause > deadline) {
        const message = `${directory} is in use by another process (or opened twice by this one)`;
        throw new StrataError("UNAVAILABLE", message);
      }
      await delay(pause);
    }
  }

  release(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function lockPath(directory: string): string {
  const { dev, ino } = statSync(directory, { bigint: true });
  const name = `strata-${dev}-${ino}`;
  if (process.platform === "linux") return `\0${name}`.padEnd(ABSTRACT_NAME_BYTES, ".");
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return `${tmpdir()}/${name}.lock`;
}

/** The lock, or null if another holds it. */
async function listen(path: string): Promise<Server | null> {
  const server = await tryListen(path);
  if (server || path.startsWith("\0") || path.startsWith("\\\\") || (await isHeld(path))) return server;
  // A socket file whose owner is dead.
  try {
    unlinkSync(path);
  } catch {
    // Another process was faster; who listens now decides.
  }
  return tryListen(path);
}

function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy()); // A probe.
    server.unref(); // A lock keeps no process alive.
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
      else reject(new StrataError("IO_ERROR", `cannot take the lock: ${error.message}`, { cause: error }));
    });
    // Exclusive, or the workers of a cluster would share one lock.
    server.listen({ path, exclusive: true }, () => resolve(server));
  });
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const answer = (held: boolean) => () => {
      socket.destroy();
      resolve(held);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
  });
}
