import { pino } from 'pino';
import type { Log } from '../audit/capture.ts';

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** A log on stderr, JSON a line. Callers pass facts, never identifier values. */
export function openLog(level: string): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  return (severity, message, facts) => logger[severity](facts, message);
}
