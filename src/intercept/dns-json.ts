import { hideHttp3 } from './dns-hints.ts';

/** The HTTPS and SVCB records of a DNS answer in JSON, as `application/dns-json` has them: presentation form, or RFC 3597's bytes. */
interface JsonRecord {
  readonly name: string;
  readonly data: string;
}

/**
 * The answer with its offers of HTTP/3 made illegible, not one byte longer or shorter; the names whose records held them; and those of
 * which the text spells the data in a way that could not be found again, so that they stand as they were.
 */
export function withoutQuicHintsInJson(message: Buffer): {
  readonly message: Buffer;
  readonly names: readonly string[];
  readonly left: readonly string[];
} {
  // A character a byte, so that what is no UTF-8 stays as it is.
  let text = message.toString('latin1');
  const names: string[] = [];
  const left: string[] = [];
  for (const { name, data } of serviceRecords(text)) {
    const hidden = withoutOffer(data);
    if (hidden === data) continue;
    const spelt = JSON.stringify(data).slice(1, -1);
    if (text.includes(spelt)) names.push(name);
    else left.push(name);
    text = text.replaceAll(spelt, () => JSON.stringify(hidden).slice(1, -1));
  }
  return { message: names.length === 0 ? message : Buffer.from(text, 'latin1'), names, left };
}

function serviceRecords(text: string): JsonRecord[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // No JSON that the phone could read either.
    return [];
  }
  if (typeof answer !== 'object' || answer === null) return [];
  const records = ['Answer', 'Authority', 'Additional'].flatMap(
    (part) => (answer as Record<string, unknown>)[part] ?? [],
  );
  return records.flatMap((record) => {
    if (typeof record !== 'object' || record === null) return [];
    const { name, type, data } = record as Record<string, unknown>;
    const isService = type === 64 || type === 65;
    return isService && typeof data === 'string' ? { name: ownerOf(name), data } : [];
  });
}

function ownerOf(name: unknown): string {
  return typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '').slice(0, 255) : '';
}

/** `1 . alpn="h3,h2" port=443`, or `\# 16 00 01 00 …`: data whose `h3` is a protocol that nobody speaks. */
function withoutOffer(data: string): string {
  const bytes = /^\\# \d+ ((?:[0-9a-f]{2} ?)+)$/i.exec(data)?.[1];
  if (bytes === undefined) {
    return data.replace(/(\balpn="?)([^"\s]+)/gi, (_, key: string, list: string) => {
      return key + list.replace(/(?<=^|,)h3(?=-|,|$)/g, 'h0');
    });
  }
  const message = Buffer.from(bytes.replaceAll(' ', ''), 'hex');
  if (!hideHttp3(message, 0, message.length)) return data;
  let at = 0;
  return data.slice(0, -bytes.length) + bytes.replace(/[0-9a-f]{2}/gi, () => message.toString('hex', at, ++at));
}
