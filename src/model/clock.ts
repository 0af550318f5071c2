/**
 * A moment for people: Beijing time in Chinese texts, UTC in English ones, always to the millisecond and always saying which, so that
 * the same capture reads the same on every machine.
 */
export function readableTime(ms: number, language: 'zh' | 'en'): string {
  const shifted = language === 'zh' ? ms + 8 * 3_600_000 : ms;
  const text = new Date(shifted).toISOString().replace('T', ' ').replace('Z', '');
  return language === 'zh' ? `${text}（北京时间）` : `${text} UTC`;
}

/** The time of day alone, `16:00:05.120`, in the same zone. */
export function readableTimeOfDay(ms: number, language: 'zh' | 'en'): string {
  return readableTime(ms, language).slice(11, 23);
}
