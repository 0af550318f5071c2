export type Language = 'zh' | 'en';

/**
 * The page's language that a browser asks for (RFC 9110 §12.5.4): of Chinese and English the one with the higher weight, the one
 * named first when they are equal; English when neither is named.
 */
export function languageFor(acceptLanguage: string): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of acceptLanguage.slice(0, 1000).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = tag.split('-')[0];
    if (language !== 'zh' && language !== 'en') continue;
    const weight = weightOf(parameters);
    if (weight > bestWeight) [best, bestWeight] = [language, weight];
  }
  return best;
}

function weightOf(parameters: readonly string[]): number {
  const written = parameters.find((parameter) => parameter.startsWith('q='));
  if (written === undefined) return 1;
  const weight = Number(written.slice(2));
  return Number.isFinite(weight) ? Math.min(Math.max(weight, 0), 1) : 0;
}
