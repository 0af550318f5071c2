import { once } from 'node:events';

/**
 * Writes pieces of text to stdout as fast as it takes them. A reader that went away (`| head`) ends the writing, not the program
 * with an error.
 */
export async function printAll(pieces: Iterable<string | Uint8Array>): Promise<void> {
  const { stdout } = process;
  let gone = false;
  const leave = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
  };
  stdout.on('error', leave);
  for (const piece of pieces) {
    if (gone) break;
    if (!stdout.write(piece)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(leave);
  }
}
