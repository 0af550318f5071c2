import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage on the thread that made it, instead of on all of them at once.
 *
 * A proxy has a thread that relays and one that audits, and both are busy: four further threads that mark and scavenge beside them, and
 * wait for each other, cost more processor time than they save. To be called before the heap has grown: V8 must not be marking.
 */
export function collectOnOwnThread(): void {
  for (const flag of ['--no-concurrent-marking', '--no-parallel-scavenge']) setFlagsFromString(flag);
}
