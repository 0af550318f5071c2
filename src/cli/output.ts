/**
 * Writes pieces of text to stdout as fast as it takes them. A reader that went away (`| head`) ends the writing, not the program
 * with an error.
 */
export async function printAll(
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const { stdout } = process;
  let gone = false;
  let goOn = () => {};
  const leave = () => {
    gone = true;
    goOn();
  };
  stdout.on('error', leave);
  stdout.on('close', leave);
  stdout.on('drain', () => goOn());
  for await (const piece of pieces) {
    if (gone) break;
    if (!stdout.write(piece)) {
      await new Promise<void>((settle) => {
        goOn = settle;
      });
    }
  }
}
