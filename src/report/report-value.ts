import type { Comparison } from '../model/comparison.ts';
import type { Declaration } from '../model/declaration.ts';
import type { StoredGap } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Rule } from '../model/rule.ts';

/** One exchange as reports show it: nothing in it can hold an identifier's value. */
export interface ReportExchange {
  readonly id: number;
  readonly startedAt: number;
  readonly method: string;
  /** With the values of parameters, and whatever was found in it, left out. */
  readonly url: string;
  readonly scheme: string;
  readonly host: string;
  readonly status: number | null;
  readonly recipient: Recipient;
  readonly serverAddress: string | null;
  /** ISO 3166; null when unknown. */
  readonly country: string | null;
  readonly requestSha256: string | null;
  readonly requestBytes: number | null;
}

/** A data type's words for people. */
export interface ReportType {
  readonly id: string;
  readonly short: string;
  readonly name: string;
  readonly group: string;
  readonly immutable: boolean;
  readonly sensitive: boolean;
}

/** How this comparison differs from an earlier one. */
export interface BaselineDifference {
  readonly against: string;
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly changed: readonly string[];
}

/** Everything a report shows, as plain data: the same value gives the same bytes. */
export interface ReportValue {
  readonly tool: { readonly name: string; readonly version: string };
  readonly comparison: Comparison;
  readonly capture: {
    readonly name: string;
    readonly app: string | null;
    readonly device: string | null;
    readonly startedAt: number;
    readonly endedAt: number | null;
    readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  };
  readonly declaration: Declaration | null;
  /** Exchanges that carried something, in the order of time. */
  readonly exchanges: readonly ReportExchange[];
  /** Findings in requests, with masked values. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly StoredGap[];
  /** The data types that the report names, in the order of the taxonomy. */
  readonly types: readonly ReportType[];
  readonly rules: readonly Rule[];
  readonly baseline: BaselineDifference | null;
}

export type ReportFormat = 'html' | 'md' | 'json' | 'csv' | 'sarif' | 'junit';
