/** How long the main process keeps its thread to itself, however busy the machine is with other things. */

/** Between two looks, ms: what a window would hardly notice. */
const LOOK_MS = 4;

/** The longest stretch of work between two looks, in ms of the thread's own processor time, since it was last asked. */
export function watchBusyness(): () => number {
  let longestMs = 0;
  let last = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1000);
  };
  setInterval(look, LOOK_MS).unref();
  return () => {
    const found = longestMs;
    longestMs = 0;
    return found;
  };
}
