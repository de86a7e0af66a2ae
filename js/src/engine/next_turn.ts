/**
 * Runs `task` in a later turn of the event loop, after the messages and I/O that are waiting now. Unlike setTimeout,
 * which browsers slow down to 4 ms, and far more in hidden tabs.
 */
export const nextTurn: (task: () => void) => void =
  typeof setImmediate === "function" ? (task) => void setImmediate(task) : overChannel();

function overChannel(): (task: () => void) => void {
  let channel: MessageChannel | undefined; // Made at the first use: importing the package does nothing.
  const tasks: (() => void)[] = [];
  return (task) => {
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => tasks.shift()?.();
    }
    tasks.push(task);
    channel.port2.postMessage(null);
  };
}
