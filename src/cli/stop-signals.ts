/** One stop arrives several times: a terminal and a supervisor signal the whole group, and npm and the launcher pass it on. */
const sameStopMs = 1_000;
/** A process that ends at once would meet the second copy while its handlers are taken down, and die of it. */
const lingerMs = 500;

/**
 * Calls `stop` at the first request to end, and `stopNow` at a later one, with the exit code that belongs to the signal.
 *
 * Requests are SIGINT, SIGTERM, SIGHUP where there is a terminal (without one it is nohup's to ignore), and the end of the launcher that
 * `npm run telltale` puts in front of telltale: whoever kills only that must not leave a proxy behind.
 *
 * @returns a function that stops listening.
 */
export function onStopRequest(stop: () => void, stopNow: (exitCode: number) => void): () => void {
  let firstAt: number | null = null;
  const request = (exitCode: number) => () => {
    if (firstAt === null) {
      firstAt = performance.now();
      setTimeout(() => undefined, lingerMs);
      stop();
    } else if (performance.now() - firstAt > sameStopMs) {
      stopNow(exitCode);
    }
  };
  const listeners: [string, () => void][] = [
    ['SIGINT', request(130)],
    ['SIGTERM', request(143)],
    ['disconnect', request(143)],
  ];
  if (process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY) listeners.push(['SIGHUP', request(129)]);
  for (const [event, listener] of listeners) process.on(event, listener);
  // Listening for the launcher's end must not keep a finished telltale alive.
  process.channel?.unref();
  return () => {
    for (const [event, listener] of listeners) process.off(event, listener);
  };
}
