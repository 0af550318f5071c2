/** A line that is rewritten in place. */
export interface LiveLine {
  /** Leaves the last state on the screen and stops. */
  readonly end: () => void;
}

const REFRESH_MS = 500;

/** Shows a changing line on a terminal; on anything else it stays quiet. */
export function liveLine(stream: NodeJS.WriteStream, text: () => string): LiveLine {
  if (!stream.isTTY) return { end: () => undefined };
  let shown = '';
  const draw = () => {
    const now = text();
    if (now === shown) return;
    shown = now;
    stream.write(`\r\u001b[2K${now}`);
  };
  draw();
  const timer = setInterval(draw, REFRESH_MS);
  return {
    end: () => {
      clearInterval(timer);
      draw();
      stream.write('\n');
    },
  };
}
