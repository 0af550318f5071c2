import type { Language } from './language.ts';

/**
 * A moment for people: Beijing time in Chinese texts, UTC in English ones, always to the millisecond and always saying which, so that
 * the same capture reads the same on every machine.
 */
export function readableTime(ms: number, language: Language): string {
  const shifted = language === 'zh' ? ms + 8 * 3_600_000 : ms;
  const text = new Date(shifted).toISOString().replace('T', ' ').replace('Z', '');
  return language === 'zh' ? `${text}（北京时间）` : `${text} UTC`;
}

/** The time of day alone, `16:00:05.120`, in the same zone. */
export function readableTimeOfDay(ms: number, language: Language): string {
  return readableTime(ms, language).slice(11, 23);
}

/** A span of time to the second; the date stands once when both ends share it. */
export function readableSpan(from: number, to: number, language: Language): string {
  const [start, end] = [readableTime(from, language), readableTime(to, language)];
  const zone = start.slice(23);
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start.slice(0, 19)} – ${end.slice(sameDay ? 11 : 0, 19)}${zone}`;
}
