import type { Declaration, Platform, Scope, SdkStatement } from '../model/declaration.ts';
import type { CaptureEvidence } from '../model/evidence.ts';

/** What the policy says that somebody gets: one entry, or several of the same SDK put together. */
export interface Entry {
  /** As written; null for the first party, which the policy speaks for. */
  readonly name: string | null;
  readonly quote: string | null;
  readonly text: string | null;
  readonly types: ReadonlyMap<string, Statement>;
  /** What is declared for other systems than that of the captured phone: it declares nothing here. */
  readonly elsewhere: ReadonlyMap<string, Statement>;
  /** The whole entry is about other systems. */
  readonly foreign: boolean;
}

/** The words that declare one data type. */
export interface Statement {
  readonly quote: string;
  /** All that the entry says is collected. */
  readonly text: string | null;
  /** The words that name the type; null: unknown. */
  readonly words: string | null;
  readonly scope: Scope;
}

type Declared = readonly [type: string, Statement];

/** What the first party's own statements declare; null without a policy. */
export function firstPartyEntry(declaration: Declaration | null, system: Platform | null): Entry | null {
  if (declaration === null) return null;
  const statements = declaration.first_party.map(
    ({ data_type, quote, text = null, platforms = null, optional = null }): Declared => [
      data_type,
      { quote, text: quote, words: text, scope: { platforms, optional } },
    ],
  );
  return { name: null, quote: null, text: null, foreign: false, ...sorted(statements, system) };
}

/** Several entries of one SDK are one: what any of them declares is declared. */
export function entryOf(statements: readonly SdkStatement[], system: Platform | null): Entry | null {
  const [first] = statements;
  if (first === undefined) return null;
  const texts = [...new Set(statements.map(({ data_text }) => data_text).filter((text) => text !== null))];
  return {
    name: first.name,
    quote: first.quote,
    text: texts.length === 0 ? null : texts.join('；'),
    foreign: statements.every(({ platforms }) => !holdsOn(platforms ?? null, system)),
    ...sorted(statements.flatMap(statementsOf), system),
  };
}

/** Every wording of every type of an entry; the entry's own systems hold where a label names none. */
function statementsOf(entry: SdkStatement): Declared[] {
  const { data_types, umbrella, labels = [], quote, data_text: text, platforms = null } = entry;
  return [...new Set([...data_types, ...umbrella])].flatMap((type): Declared[] => {
    const own = labels.filter(({ data_type }) => data_type === type);
    if (own.length === 0) return [[type, { quote, text, words: null, scope: { platforms, optional: null } }]];
    return own.map((label) => [
      type,
      {
        quote,
        text,
        words: label.text,
        scope: { platforms: label.platforms ?? platforms, optional: label.optional },
      },
    ]);
  });
}

function sorted(statements: readonly Declared[], system: Platform | null): Pick<Entry, 'types' | 'elsewhere'> {
  const types = new Map<string, Statement>();
  const elsewhere = new Map<string, Statement>();
  for (const [type, statement] of statements) {
    const target = holdsOn(statement.scope.platforms, system) ? types : elsewhere;
    if (!target.has(type)) target.set(type, statement);
  }
  return { types, elsewhere };
}

/** Whether what is said of some systems holds on the captured one. HarmonyOS runs apps that were made for Android. */
function holdsOn(platforms: readonly Platform[] | null, system: Platform | null): boolean {
  if (platforms === null || system === null) return true;
  return platforms.includes(system) || (system === 'harmonyos' && platforms.includes('android'));
}

/** The system of the captured phone, as the device profile names it; null: unknown, so whatever is declared counts. */
export function systemOf({ capture }: CaptureEvidence): Platform | null {
  const fact = capture.facts['platform'];
  return fact === 'android' || fact === 'ios' || fact === 'harmonyos' ? fact : null;
}
