import type { Language } from '../model/language.ts';
import type { MarkKind } from '../model/mark.ts';
import { CHINESE } from './set-up-chinese.ts';
import { ENGLISH } from './set-up-english.ts';

export const PLATFORMS = ['android', 'ios', 'harmonyos'] as const;

export type Platform = (typeof PLATFORMS)[number];

/**
 * One thing to do on the phone, in a small markup: `{host}`, `{port}`, `{address}` and `{hash}` stand for facts of this proxy,
 * `[text](/path)` is a link to one of its files, text between backquotes is code, text between asterisks is stressed.
 */
export type Step = string;

/** Steps under a heading of their own, with what to type on a computer after them. */
export interface StepList {
  readonly heading: string;
  readonly steps: readonly Step[];
  readonly commands: readonly string[];
}

/** Every sentence of the set-up page. */
export interface SetUpWording {
  readonly htmlLanguage: string;
  readonly otherLanguage: { readonly code: Language; readonly name: string };
  readonly title: string;
  readonly lead: string;
  readonly checkHeading: string;
  readonly checks: {
    readonly proxy: { readonly yes: string; readonly no: string; readonly waiting: string };
    readonly trust: { readonly yes: string; readonly no: string; readonly waiting: string };
    readonly withoutScript: string;
    readonly limits: string;
  };
  readonly counts: Readonly<Record<'exchanges' | 'sdks' | 'findings' | 'gaps', string>>;
  readonly proxyHeading: string;
  readonly proxyHost: string;
  readonly proxyPort: string;
  readonly proxyOthers: string;
  readonly proxyPac: string;
  readonly certificateHeading: string;
  readonly certificateFiles: Readonly<Record<'der' | 'pem' | 'android' | 'mobileconfig', string>>;
  readonly fingerprint: string;
  readonly stepsHeading: string;
  readonly platforms: Readonly<Record<Platform, string>>;
  readonly steps: Readonly<Record<Platform, readonly StepList[]>>;
  readonly marksHeading: string;
  readonly marksLead: string;
  readonly marks: Readonly<Record<MarkKind, string>>;
  readonly noteLabel: string;
  /** `{mark}` stands for the button's text. */
  readonly markSet: string;
  readonly markFailed: string;
  readonly afterHeading: string;
  readonly after: readonly Step[];
  readonly qrHeading: string;
}

export const SET_UP_WORDING: Readonly<Record<Language, SetUpWording>> = { zh: CHINESE, en: ENGLISH };
