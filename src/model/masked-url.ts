import type { Finding } from './finding.ts';

/** What tells where in a URL something was found. */
export type FoundInUrl = Pick<Finding, 'place' | 'decodeChain'>;

/**
 * A URL that can be shown to anybody: values of parameters are left out, and so is every part of the path in which something was
 * found, or which looks like an identifier by itself (16 characters or more with a digit among them, or ten digits and more).
 */
export function maskedUrl(url: string, findings: readonly FoundInUrl[]): string {
  const found = placesOf(findings);
  return rewritten(url, {
    segment: (part, index) => speaks(part) || found.has(`path:${index}`),
    name: speaks,
    value: () => true,
    fragment: false,
  });
}

/**
 * A URL without what was found in it, and otherwise whole: for those who look an exchange up by its address. When something was found
 * in it at a place that cannot be told, it is masked like any other.
 */
export function urlWithoutFound(url: string, findings: readonly FoundInUrl[]): string {
  const found = placesOf(findings);
  if (found.size === 0) return url;
  const left = new Set(found);
  const was = (place: string) => {
    left.delete(place);
    return found.has(place);
  };
  const shown = rewritten(url, {
    segment: (_, index) => was(`path:${index}`),
    name: (name, alone) => alone && was('query:') && name !== '',
    value: (name) => was(`query:${decoded(name)}`),
    fragment: true,
  });
  return left.size === 0 ? shown : maskedUrl(url, findings);
}

/**
 * A finding whose field and way can be shown: apps that use an identifier as a name (a key of an object, a cookie) write it there too.
 * Runs of ten digits and more, and of sixteen hexadecimal ones, are left out; other names stand as they were sent.
 */
export function withMaskedNames<Found extends Pick<Finding, 'field' | 'decodeChain'>>(finding: Found): Found {
  const { field, decodeChain } = finding;
  if ((field === null || maskedName(field) === field) && decodeChain.every((step) => maskedName(step) === step))
    return finding;
  return { ...finding, field: field === null ? null : maskedName(field), decodeChain: decodeChain.map(maskedName) };
}

const IDENTIFIER_IN_NAME = /(?<![0-9a-z])(?:\d{10,}|(?=[a-f]*\d)[0-9a-f]{16,})(?![0-9a-z])/gi;

function maskedName(name: string): string {
  return name.replace(IDENTIFIER_IN_NAME, '…');
}

/** The first steps of the ways to what was found in the URL: `path:1`, `query:imei`. */
function placesOf(findings: readonly FoundInUrl[]): ReadonlySet<string> {
  return new Set(findings.filter(({ place }) => place === 'url').map(({ decodeChain }) => decodeChain[0] ?? ''));
}

interface Hidden {
  readonly segment: (part: string, index: number) => boolean;
  /** @param alone the pair has no value: the name is all of it. */
  readonly name: (name: string, alone: boolean) => boolean;
  readonly value: (name: string) => boolean;
  readonly fragment: boolean;
}

function rewritten(url: string, hidden: Hidden): string {
  const [, origin = '', path = '', query, fragment = ''] =
    /^([a-z]+:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?(#[\s\S]*)?$/i.exec(url) ?? [];
  const [before = '', ...segments] = path.split('/');
  const shownPath = [
    before,
    ...segments.map((part, index) => (part !== '' && hidden.segment(part, index) ? '…' : part)),
  ];
  const pairs = (query ?? '').split('&').map((pair) => {
    const at = pair.indexOf('=');
    if (at === -1) return pair !== '' && hidden.name(pair, true) ? '…' : pair;
    const name = pair.slice(0, at);
    return `${hidden.name(name, false) ? '…' : name}=${hidden.value(name) ? '…' : pair.slice(at + 1)}`;
  });
  return `${origin}${shownPath.join('/')}${query ? `?${pairs.join('&')}` : ''}${hidden.fragment ? fragment : ''}`;
}

/** Whether a piece of a URL could be an identifier rather than a name. */
function speaks(part: string): boolean {
  return (part.length >= 16 && /\d/.test(part)) || /^\+?\d{10,}$/.test(part);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
