import { RELAY_LIMITS, type RelayLimits } from '../intercept/limits.ts';

/** Files that a capture holds open besides connections: the evidence, listeners, threads, the terminal. */
const OTHER_FILES = 64;

/**
 * How many connections fit into the files that this process may have open (`ulimit -n`). Beyond that limit the system closes connections
 * of phones without telling anybody; a limit of our own, met earlier, is a gap.
 * @param openFilesMax null: unlimited, or not known.
 */
export function connectionLimits(
  openFilesMax: number | null,
): Pick<RelayLimits, 'phoneConnectionsMax' | 'idleServerConnectionsMax'> {
  const { phoneConnectionsMax, idleServerConnectionsMax } = RELAY_LIMITS;
  if (openFilesMax === null) return { phoneConnectionsMax, idleServerConnectionsMax };
  // A phone's connection may need one to a server, and each may need more with HTTP/2.
  const files = Math.max(8, openFilesMax - OTHER_FILES);
  return {
    phoneConnectionsMax: Math.min(phoneConnectionsMax, Math.floor(files / 2)),
    idleServerConnectionsMax: Math.min(idleServerConnectionsMax, Math.floor(files / 4)),
  };
}

/** @returns null when there is no limit, or it is not known. */
export function openFilesMax(): number | null {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { soft?: unknown } } } | undefined;
  const soft = report?.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : null;
}
