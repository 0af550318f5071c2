import { visible } from '../model/shown-text.ts';

/** Text for HTML and XML, inside elements and inside attributes in either quotes. */
export function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Text for the middle of a line of Markdown: no markup, HTML, link, mention or table cell can begin in it. What means something
 * only at the start of a line (lists, headings, rules) is left alone, so that dates and names stay readable in the source.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|~&#!@$]/g, (character) => `\\${character}`)
    .replace(/:\/\//g, '\\://')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`);
}
