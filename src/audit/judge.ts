import { readFileSync } from 'node:fs';
import { type Difference, differenceFrom } from '../compare/baseline.ts';
import { compare } from '../compare/compare.ts';
import { type ExitCondition, openGates, parseExitCondition, reasonsToFail } from '../compare/fail-on.ts';
import { categoryNamed, parseRules, type RuleBook } from '../compare/parse-rules.ts';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import type { Comparison } from '../model/comparison.ts';
import type { Declaration } from '../model/declaration.ts';
import { operatorError, unreadableFile } from '../model/errors.ts';
import type { CaptureEvidence } from '../model/evidence.ts';
import type { Language } from '../model/language.ts';
import type { RuleProfile } from '../model/rule.ts';
import { loadSignatureData, type SignatureData } from '../signatures/load.ts';
import { type CountryOf, countriesFrom } from './countries.ts';
import { readPolicyFile } from './read-policy.ts';

export interface JudgeRequest {
  readonly db: string;
  readonly secret?: EvidenceSecret | null;
  /** Null: the latest. */
  readonly capture: string | null;
  /** Path of a policy; null: judge without one. */
  readonly policy: string | null;
  readonly signatureFolder?: string | null;
  readonly profile?: RuleProfile;
  /** Kind of app, by id, number or name. */
  readonly category?: string | null;
  readonly consentAfterSeconds?: number | null;
  /** Country data of the operator's own. */
  readonly mmdb?: string | null;
  /** Null: Chinese when the policy is Chinese, else English. */
  readonly language?: Language | null;
  /** An earlier comparison to tell differences from. */
  readonly baseline?: string | null;
  /** `--fail-on` and `--severity-threshold` as typed. */
  readonly failOn?: string | null;
  readonly severityThreshold?: string | null;
}

/** Everything that was judged and what it was judged by, while the evidence file is open. */
export interface Judgement {
  readonly comparison: Comparison;
  readonly evidence: CaptureEvidence;
  readonly declaration: Declaration | null;
  readonly data: SignatureData;
  readonly book: RuleBook;
  readonly countryOf: CountryOf;
  readonly language: Language;
  /** Null without a baseline. */
  readonly difference: Difference | null;
  /** Why the run must end with exit status 1; empty: it need not. */
  readonly failures: readonly string[];
  /** Rules of `--fail-on` that could not be decided, and what was missing. */
  readonly undecidedGates: Comparison['not_decided'];
  /** The capture holds no exchange: whatever was not seen proves nothing. */
  readonly nothingCaptured: boolean;
}

/** What `telltale compare` prints. */
export function judgeCapture(request: JudgeRequest): Omit<Judgement, 'evidence'> {
  return withJudgement(request, ({ evidence: _, ...judgement }) => judgement);
}

/**
 * Judges a capture and hands the result on while the evidence file is open, because exchanges are read when asked for.
 * Everything that the operator can have got wrong is tried before the evidence is read.
 *
 * @throws TelltaleError for a file, capture, category, rule name or baseline that is not there or not what it should be.
 */
export function withJudgement<Result>(request: JudgeRequest, use: (judgement: Judgement) => Result): Result {
  const data = loadSignatureData({ extraFolder: request.signatureFolder ?? null });
  const book = parseRules(data.raw.rules, request.profile ?? 'cn');
  const condition = parseExitCondition(request.failOn ?? null, request.severityThreshold ?? null, book.rules);
  const category = checkedCategory(request.category ?? null, book);
  const countryOf = countriesFrom(request.mmdb ?? null);
  const baseline = request.baseline ? parsedFile(request.baseline) : null;
  const declaration = request.policy === null ? null : readPolicyFile(request.policy, data);
  const language = request.language ?? (declaration?.language.some((one) => one.startsWith('zh')) ? 'zh' : 'en');
  const reader = EvidenceReader.open(request.db, { secret: request.secret ?? null });
  try {
    const evidence = reader.captureEvidence(request.capture);
    const comparison = compare({
      declaration,
      policyName: request.policy ?? '',
      evidence,
      taxonomy: data.taxonomy,
      signatures: data.signatures,
      rules: book.rules,
      categories: book.categories,
      consentAfterSeconds: request.consentAfterSeconds ?? null,
      category,
      countryOf,
      language,
    });
    const difference = baseline === null ? null : differenceFrom(baseline, request.baseline as string, comparison);
    const failures = failuresOf(condition, comparison, difference);
    const undecidedGates = openGates(condition, comparison.not_decided);
    return use({
      comparison,
      evidence,
      declaration,
      data,
      book,
      countryOf,
      language,
      difference,
      failures,
      undecidedGates,
      nothingCaptured: comparison.coverage.exchanges === 0,
    });
  } finally {
    reader.close();
  }
}

/** With a baseline only what is new or changed can fail a run: the rest was accepted before. */
function failuresOf(condition: ExitCondition, comparison: Comparison, difference: Difference | null): string[] {
  const verdicts =
    difference === null ? comparison.verdicts : [...difference.added, ...difference.changed.map(({ now }) => now)];
  return reasonsToFail(condition, verdicts, comparison.coverage);
}

function checkedCategory(name: string | null, { categories }: RuleBook): string | null {
  if (name === null) return null;
  const category = categoryNamed(categories, name);
  if (category !== null) return category.id;
  const known = categories.map(({ id, names }) => `${id} (${names.zh})`).join(', ');
  throw operatorError('usage', { message: `--category: there is no kind of app named ${name}. Choose from: ${known}` });
}

function parsedFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadableFile(path, error);
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const expected = `JSON expected (${(error as Error).message})`;
    throw operatorError('input-invalid', { path, place: 'whole file', expected }, { cause: error });
  }
}
