import type { Language } from './language.ts';

/** Names of the countries and regions where servers of apps commonly stand, by ISO 3166 code. */
const NAMES: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  CN: { zh: '中国', en: 'China' },
  HK: { zh: '中国香港', en: 'Hong Kong' },
  MO: { zh: '中国澳门', en: 'Macao' },
  TW: { zh: '中国台湾', en: 'Taiwan' },
  US: { zh: '美国', en: 'United States' },
  JP: { zh: '日本', en: 'Japan' },
  KR: { zh: '韩国', en: 'South Korea' },
  SG: { zh: '新加坡', en: 'Singapore' },
  DE: { zh: '德国', en: 'Germany' },
  FR: { zh: '法国', en: 'France' },
  GB: { zh: '英国', en: 'United Kingdom' },
  NL: { zh: '荷兰', en: 'Netherlands' },
  IE: { zh: '爱尔兰', en: 'Ireland' },
  RU: { zh: '俄罗斯', en: 'Russia' },
  IN: { zh: '印度', en: 'India' },
  AU: { zh: '澳大利亚', en: 'Australia' },
  CA: { zh: '加拿大', en: 'Canada' },
  IL: { zh: '以色列', en: 'Israel' },
  SE: { zh: '瑞典', en: 'Sweden' },
  CH: { zh: '瑞士', en: 'Switzerland' },
  BR: { zh: '巴西', en: 'Brazil' },
};

/**
 * A country's or region's name for people; its code when it is not in the table. The table is our own, because what Intl says
 * depends on the ICU data of the machine, and the same capture must give the same bytes.
 */
export function countryName(code: string, language: Language): string {
  return NAMES[code]?.[language] ?? code;
}
