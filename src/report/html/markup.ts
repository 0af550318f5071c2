import { escapeMarkup } from '../escape.ts';

/** A piece of HTML that is safe as it stands. Only {@link html} and {@link trusted} make one. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | false | readonly Part[];

/** A template for HTML: everything put into it is escaped, but for pieces made the same way. Null and false leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, index) => `${text}${render(parts[index - 1] ?? null)}${string}`));
}

/** Text of our own that is HTML already: style sheets, numbers of drawings. Never anything from outside. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeMarkup(part);
  if (typeof part === 'number') return String(part);
  return part.map(render).join('');
}

/** Text whose direction of writing is kept to itself: names and values from outside. */
export function foreign(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/** Numbers of a drawing, short. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
