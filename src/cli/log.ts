import { pino } from 'pino';
import type { Log } from '../audit/capture.ts';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** A log on stderr, JSON a line. Callers pass facts, never identifier values. */
export function openLog(level: string): Log {
  const destination = pino.destination({ dest: 2, sync: true });
  // On a full disk the log ends, not the capture.
  destination.on('error', () => {});
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return (severity, message, facts) => logger[severity](facts, message);
}
