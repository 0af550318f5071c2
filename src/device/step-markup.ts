import { type Html, html } from '../model/html.ts';

/**
 * Turns the small markup of the wording into HTML: `{name}` is filled in, `[text](address)` is a link, backquotes make code and
 * asterisks stress. The wording is ours; the facts filled in are escaped all the same.
 */
export function stepMarkup(step: string, names: Readonly<Record<string, string>>): Html {
  const parts: Html[] = [];
  let read = 0;
  for (const match of step.matchAll(/\[([^\]]+)\]\(([^)]+)\)|`([^`]+)`|\*([^*]+)\*/g)) {
    parts.push(html`${fill(step.slice(read, match.index), names)}`);
    parts.push(pieceMarkup(match, names));
    read = match.index + match[0].length;
  }
  parts.push(html`${fill(step.slice(read), names)}`);
  return html`${parts}`;
}

function pieceMarkup(match: RegExpMatchArray, names: Readonly<Record<string, string>>): Html {
  const [, text, address, code, stressed] = match.map((piece) => (piece === undefined ? '' : fill(piece, names)));
  if (address) return html`<a href="${address}">${text as string}</a>`;
  if (code) return html`<code>${code}</code>`;
  return html`<strong>${stressed as string}</strong>`;
}

/** Fills `{name}` in; a name that is not known stays as it is. */
export function fill(text: string, names: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);
}
