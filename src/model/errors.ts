/**
 * Everything an operator can mend, each as what happened and what to do about it.
 * Add new ones; a test compares the list with docs/errors.md.
 */
export const ERROR_MESSAGES = {
  usage: '{message}',
  'file-unreadable': 'Cannot read {path}: {reason}. Check the path and its permissions.',
  'file-unwritable': 'Cannot write {path}: {reason}. Choose another place or free it.',
  'input-invalid': '{path}: {place}: {expected}.',
  'port-taken': 'Port {port} of {host} is in use. Stop the other program or choose another with {option}.',
  'listen-failed': 'Cannot listen on {host}:{port}: {reason}. Choose another with {option}.',
  'ca-missing': 'No certificate authority in {path}. Make one with: telltale ca init --ca-dir {path}',
  'ca-invalid':
    'The certificate authority in {path} is not usable: {reason}. Delete ca.pem and ca.key there to make a new one.',
  'evidence-missing':
    'There is no evidence file at {path}. Make one with: telltale proxy --db {path}, or telltale import FILE --db {path}',
  'evidence-invalid': '{path} is not a telltale evidence file ({reason}). Name another with --db.',
  'evidence-newer':
    '{path} was written by a newer telltale (schema {found}, this one reads up to {known}). Update telltale.',
  'evidence-schema':
    '{path} lacks {missing}, which schema {version} has: an unreleased telltale made it, or it was changed. Capture or import into a new file.',
  'evidence-upgrade':
    '{path} (schema {found}) cannot be brought to schema {wanted}: {reason}. The file is as it was: read it with the telltale that wrote it.',
  'evidence-locked':
    '{path} is being written by another telltale. Stop it, or give this capture a file of its own with --db.',
  'evidence-full':
    '{path} cannot take more: {reason}. Free space, raise --max-db, or continue in another file with --db.',
  'evidence-encrypted': 'Cannot open {path}: {reason}.',
  'evidence-key': 'The key in {path} is not usable: {reason}.',
  'capture-none':
    '{path} holds no capture yet. Make one with: telltale proxy --db {path}, or telltale import FILE --db {path}',
  'capture-unknown': '{path} holds no capture named {capture}. It holds: {known}.',
  'filter-invalid': 'The filter cannot be read at column {column}: {expected}. See docs/filters.md.',
  'policy-empty':
    '{path} holds no text that reads like a privacy policy ({reason}). Give the policy as text, HTML or Markdown.',
  'signature-unknown': 'No signature has the id {id}. See them with: telltale signatures list',
  'signature-invalid': '{path}: {place}: {expected}.',
  'adb-failed': 'adb could not {action}: {reason}. Check the cable, USB debugging on the phone, and adb devices.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_MESSAGES;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The facts a message needs: one for each `{placeholder}`; a forgotten one does not compile. */
export type ErrorFacts<Code extends ErrorCode> = Record<Placeholders<(typeof ERROR_MESSAGES)[Code]>, string | number>;

/**
 * Something the operator can mend: thrown once, caught once (by the command line or the console), printed as one line.
 */
export class TelltaleError extends Error {
  override readonly name = 'TelltaleError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, facts: Record<string, string | number>, options?: ErrorOptions) {
    super(
      ERROR_MESSAGES[code].replace(/\{(\w+)\}/g, (_, name: string) => oneLine(String(facts[name]))),
      options,
    );
    this.code = code;
  }
}

/** Makes a {@link TelltaleError}; the compiler asks for every fact that its message names. */
export function operatorError<Code extends ErrorCode>(
  code: Code,
  facts: ErrorFacts<Code>,
  options?: ErrorOptions,
): TelltaleError {
  return new TelltaleError(code, facts, options);
}

/** What the operator is told when a file cannot be read, from what the system said. */
export function unreadableFile(path: string, error: unknown): TelltaleError {
  const reason = reasonOf(error, { ENOENT: 'it does not exist' });
  return operatorError('file-unreadable', { path, reason }, { cause: error });
}

/** The same of a file that cannot be written. */
export function unwritableFile(path: string, error: unknown): TelltaleError {
  const reason = reasonOf(error, { ENOENT: 'its folder does not exist' });
  return operatorError('file-unwritable', { path, reason }, { cause: error });
}

function reasonOf(error: unknown, words: Readonly<Record<string, string>>): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return words[code] ?? REASONS[code] ?? (code || message);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ESPIPE: 'it is a pipe; give a file',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk’s quota is used up',
  ENAMETOOLONG: 'its name is too long',
};

/** Facts may come from hostile files: no line breaks or control characters reach the terminal. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
