import { createDecipheriv } from 'node:crypto';
import type { CodecStep } from '../../model/codec.ts';
import { bufferOf } from '../characters.ts';
import { unpackSnappy } from '../codings/snappy.ts';
import { unpackZlib } from '../codings/zlib.ts';
import type { Deadline } from '../deadline.ts';
import { readCompactThrift } from '../syntaxes/thrift.ts';
import { type CodecContext, codecValue } from './values.ts';

/** What a step may spend. */
export interface StepBudget {
  readonly bytesMax: number;
  readonly deadline: Deadline;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Undoes one step; null when the bytes are not what the step makes, so that the codec stays closed. */
export function undoStep(
  step: CodecStep,
  bytes: Uint8Array,
  context: CodecContext,
  budget: StepBudget,
): Uint8Array | null {
  switch (step.step) {
    case 'drop':
      return step.bytes < bytes.length ? bytes.subarray(step.bytes) : null;
    case 'cut': {
      const mark = bufferOf(bytes).lastIndexOf(step.mark);
      return mark > 0 ? bytes.subarray(0, mark) : null;
    }
    case 'base64':
      return fromBase64(bytes, step.alphabet ?? BASE64);
    case 'gzip':
      return unpackAll('gzip', bytes, budget);
    case 'deflate':
      return unpackAll('zlib', bytes, budget);
    case 'snappy':
      return unpackSnappy(bytes, budget.bytesMax);
    case 'rc4':
      return withKey(codecValue(step.key, context), (key) => rc4(key, bytes));
    case 'xor':
      return withKey(codecValue(step.key, context), (key) => xor(key, bytes, step.position === true));
    case 'aes-ecb':
      return withKey(codecValue(step.key, context), (key) => decipher('ecb', key, null, bytes));
    case 'aes-cbc': {
      const iv = codecValue(step.iv, context);
      return iv === null ? null : withKey(codecValue(step.key, context), (key) => decipher('cbc', key, iv, bytes));
    }
    case 'thrift': {
      const field = readCompactThrift(bytes)?.find(({ id }) => id === step.field);
      return field === undefined ? null : bytes.subarray(field.start, field.end);
    }
  }
}

function withKey(key: Uint8Array | null, use: (key: Uint8Array) => Uint8Array | null): Uint8Array | null {
  return key === null || key.length === 0 ? null : use(key);
}

function fromBase64(bytes: Uint8Array, alphabet: string): Uint8Array | null {
  const text = bufferOf(bytes).toString('latin1').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text === '') return null;
  if (alphabet === BASE64) return Buffer.from(text, 'base64');
  const standard = Array.from(text, (character) => {
    const digit = alphabet.indexOf(character);
    return digit === -1 ? character : (BASE64[digit] as string);
  });
  return Buffer.from(standard.join(''), 'base64');
}

function unpackAll(form: 'gzip' | 'zlib', bytes: Uint8Array, { bytesMax, deadline }: StepBudget): Uint8Array | null {
  const unpacked = unpackZlib(form, bytes, bytesMax, deadline);
  return unpacked.stopped === 'end' && unpacked.bytes.length > 0 ? unpacked.bytes : null;
}

function xor(key: Uint8Array, bytes: Uint8Array, position: boolean): Uint8Array {
  return bytes.map((byte, at) => byte ^ (key[at % key.length] as number) ^ (position ? at & 0xff : 0));
}

/** AES of the key's length with PKCS #7 padding; wrong padding means that the key or the bytes are others. */
function decipher(mode: 'ecb' | 'cbc', key: Uint8Array, iv: Uint8Array | null, bytes: Uint8Array): Uint8Array | null {
  try {
    const cipher = createDecipheriv(`aes-${key.length * 8}-${mode}`, key, iv);
    return Buffer.concat([cipher.update(bytes), cipher.final()]);
  } catch {
    return null;
  }
}

/** RC4, which OpenSSL no longer offers. */
function rc4(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  let j = 0;
  for (let i = 0; i < 256; i++) {
    const kept = state[i] as number;
    j = (j + kept + (key[i % key.length] as number)) & 0xff;
    state[i] = state[j] as number;
    state[j] = kept;
  }
  let i = 0;
  j = 0;
  return bytes.map((byte) => {
    i = (i + 1) & 0xff;
    const kept = state[i] as number;
    j = (j + kept) & 0xff;
    state[i] = state[j] as number;
    state[j] = kept;
    return byte ^ (state[((state[i] as number) + kept) & 0xff] as number);
  });
}
