import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detect, positiveCases } from '../../../bench/accuracy/corpus.ts';
import { inventedPhone } from '../../../bench/accuracy/values.ts';
import { withReader } from '../../../src/audit/decoded-exchange.ts';
import { explainFinding, explainIn } from '../../../src/audit/explain.ts';
import { exportHar } from '../../../src/audit/export-har.ts';
import { importFiles } from '../../../src/audit/import-files.ts';
import { learnValues } from '../../../src/audit/learn-values.ts';
import { listExchanges, listFindings, listGaps } from '../../../src/audit/query.ts';
import { showExchange } from '../../../src/audit/show-exchange.ts';
import { SIMULATORS } from '../../../src/audit/simulators/all.ts';
import { compileDetector } from '../../../src/detect/detector.ts';
import { generatePatterns } from '../../../src/detect/patterns/generate.ts';
import { knownValues } from '../../../src/detect/patterns/known-value.ts';
import { Scanner } from '../../../src/detect/scan/scanner.ts';
import { EvidenceReader } from '../../../src/evidence/evidence-reader.ts';
import { verifyEvidence } from '../../../src/evidence/verify.ts';
import type { DeviceProfile } from '../../../src/model/device-profile.ts';
import { DEFAULT_LIMITS } from '../../../src/model/limits.ts';
import { loadTaxonomy } from '../../../src/signatures/data-types.ts';

/** One case in so many of the corpus of `npm run bench:accuracy`; a prime, so that every dressing meets many containers. */
const EVERY = 131;

const folder = mkdtempSync(join(tmpdir(), 'telltale-redacted-'));
const plain = join(folder, 'plain.db');
const redacted = join(folder, 'redacted.db');
const invented = inventedPhone(11);
const IMEI = invented.identifiers['imei']?.[0] as string;
const phone: DeviceProfile = {
  ...invented,
  identifiers: { ...invented.identifiers, device_name: ['小明的手机'] },
  location: { latitude: 22.5431, longitude: 114.0579 },
};
const taxonomy = loadTaxonomy({ extraFolder: null });
const detector = compileDetector(phone, { app: null, taxonomy, limits: DEFAULT_LIMITS });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const device = join(folder, 'device.json');
  const { perApp: _, ...profile } = phone;
  writeFileSync(device, JSON.stringify(profile));
  const har = join(folder, 'in.har');
  writeFileSync(
    har,
    JSON.stringify({ log: { entries: [...corpusEntries(), ...simulatedEntries(), ...oddEntries()] } }),
  );
  for (const [db, redact] of [
    [plain, false],
    [redacted, true],
  ] as const)
    await importFiles({
      files: [har],
      db,
      capture: 'c',
      device,
      app: null,
      firstParty: [],
      signatures: null,
      store: { keepBodies: 'all', maxBytes: null, redact, secret: null, onError: 'stop' },
      version: 'test',
      log: () => {},
      onNotice: () => {},
      onProgress: () => {},
    });
}, 120_000);

function entryOf(
  url: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
  more: object = {},
): object {
  return {
    startedDateTime: '2026-11-21T20:00:00.000Z',
    time: 5,
    request: {
      method: 'POST',
      url,
      httpVersion: 'HTTP/1.1',
      headers: headers.map(([name, value]) => ({ name, value })),
      ...(body.length === 0 ? {} : { postData: { text: Buffer.from(body).toString('base64'), encoding: 'base64' } }),
    },
    response: { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers: [], content: { text: 'ok' } },
    ...more,
  };
}

const corpusEntries = () =>
  [...positiveCases(phone, EVERY)].map(({ sample: { head, body } }) =>
    entryOf(`https://${head.host}${head.target}`, head.headers, body),
  );

const simulatedEntries = () =>
  Object.values(SIMULATORS)
    .flatMap((simulate) => simulate(phone))
    .map(({ url, headers, body }) => entryOf(url, Object.entries(headers), body ?? new Uint8Array()));

/** The phone's position as it wandered, and another place that only names give away: latitude, longitude. */
const HERE = ['22.543117', '114.057933'] as const;
const ELSEWHERE = ['31.230417', '121.473719'] as const;
const places = {
  lat: HERE[0],
  lng: HERE[1],
  next: { longitude: Number(ELSEWHERE[1]), latitude: Number(ELSEWHERE[0]) },
};

const isInList = ({ decode_chain }: Record<string, unknown>) => (decode_chain as string[]).at(-1) === 'octets';

/** Where values turn up that no field of a body is. */
function oddEntries(): object[] {
  const json = Buffer.from(JSON.stringify({ [IMEI]: { sim: IMEI, at: [22.5431, 114.0579] }, note: `x${IMEI}9` }));
  const messages = [
    { type: 'send', opcode: 1, data: json.toString(), time: 1_795_291_200 },
    { type: 'receive', opcode: 2, data: gzipSync(json).toString('base64'), time: 1_795_291_201 },
    { type: 'send', opcode: 9, data: Buffer.from(IMEI).toString('base64'), time: 1_795_291_202 },
  ];
  const echo = {
    status: 200,
    statusText: `OK ${IMEI}`,
    headers: [
      { name: 'Set-Cookie', value: `dev=${IMEI}` },
      { name: 'Content-Encoding', value: 'br' },
    ],
    content: { text: brotliCompressSync(json).toString('base64'), encoding: 'base64' },
    _error: `reset by ${IMEI}`,
  };
  return [
    entryOf(`https://id-${IMEI}.example/u/${IMEI}/x?n=小明的手机&q=${IMEI}`, [[`X-${IMEI}`, `id/${IMEI}`]], json, {
      response: echo,
      clientIPAddress: IMEI,
    }),
    entryOf(`https://places.example/?lat=${HERE[0]}&lng=${HERE[1]}`, [], Buffer.from(JSON.stringify(places))),
    entryOf('wss://chat.example/', [], new Uint8Array(), { _webSocketMessages: messages }),
    entryOf('https://long.example/', [], Buffer.from(`${IMEI} ${'x'.repeat(13 * 1024 * 1024)} ${IMEI}`)),
  ];
}

/** Everything that a file holds, unpacked: cells of all tables, packs and segments opened. */
function contents(db: string): Buffer[] {
  const database = new Database(db, { readonly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  const cells = tables.flatMap((table) =>
    (database.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][]).flatMap((row) =>
      ['packs', 'segments'].includes(table) && String(row[1]).startsWith('br')
        ? [brotliDecompressSync(row[3] as Buffer)]
        : row
            .filter((cell) => typeof cell === 'string' || cell instanceof Buffer)
            .map((cell) => Buffer.from(cell as string)),
    ),
  );
  database.close();
  return [readFileSync(db), ...cells];
}

const query = (db: string) => ({ db, capture: null, limit: null, secret: null });
const explain = (id: unknown) =>
  explainFinding({ db: redacted, id: id as number, secret: null, signatureFolder: null, device: null });

describe('a redacted capture', () => {
  it('has the findings of the plain one, without their values', () => {
    const told = (db: string) =>
      [...listFindings(query(db))].map(({ exchange, data_type, transform, match, place, length, message }) =>
        JSON.stringify([exchange, data_type, transform, match, place, length, message]),
      );
    expect(told(redacted)).toEqual(told(plain));
    expect(told(plain).length).toBeGreaterThan(300);
    for (const { value_masked } of listFindings(query(redacted)))
      expect(value_masked).toMatch(/^redacted:[0-9a-f]{8}$/);
  });

  it.each([...HERE, ...ELSEWHERE])('holds no number of a position: %s', (number) => {
    expect(contents(plain).some((cell) => cell.includes(number))).toBe(true);
    expect(contents(redacted).some((cell) => cell.includes(number))).toBe(false);
  });

  it('holds no value of the device in any dressing that telltale knows', () => {
    const patterns = generatePatterns(knownValues(phone, null), { salts: [] });
    const long = Array.from({ length: patterns.size }, (_, number) => number).filter(
      (number) => patterns.bytesOf(number).length >= 9,
    );
    const scanner = new Scanner(patterns, long);
    const found = (db: string) => {
      const names = new Set<string>();
      for (const cell of contents(db))
        scanner.searchWhole(cell, (number) => {
          for (const { dataType, transform } of patterns.at(number).meanings) names.add(`${dataType} ${transform}`);
        });
      return [...names];
    };
    expect(found(redacted)).toEqual([]);
    expect(found(plain).length).toBeGreaterThan(100);
  });

  it('shows none either when its bodies are decoded again', () => {
    const reader = EvidenceReader.open(redacted);
    const left: string[] = [];
    for (const exchange of reader.exchanges({ capture: null, limit: null })) {
      const { request, requestBody } = exchange;
      const body = requestBody === null ? null : reader.body(requestBody.sha256);
      for (const { match, dataType } of detect(detector, { head: request, body: body ?? new Uint8Array() }))
        if (match === 'known-value') left.push(`${exchange.id} ${dataType}`);
    }
    reader.close();
    expect(left).toEqual([]);
  });

  it('can be explained wherever the bytes were kept, and says so where they were not', () => {
    const findings = [...listFindings(query(redacted))];
    const asked = { db: redacted, secret: null, signatureFolder: null, device: null };
    const lost = withReader({ ...asked, id: 0 }, (reader, codecs) =>
      findings.filter(({ id }) => !explainIn({ reader, codecs, taxonomy }, { ...asked, id: id as number }).holds),
    );
    const gaps = [...listGaps(query(redacted))].filter(({ detail }) => String(detail).startsWith('redaction: '));
    const inOverlong = [...listExchanges(query(redacted))]
      .filter(({ host }) => host === 'long.example')
      .map(({ id }) => id);
    const told = [...gaps.map(({ exchange }) => exchange), ...inOverlong];
    expect(lost.filter(({ exchange }) => !told.includes(exchange as number))).toEqual([]);
    // Numbers in decimal are longer or shorter than those they stand in for, which forms that count their bytes cannot take.
    const inLists = lost.filter(isInList);
    expect(lost.length - inLists.length).toBeLessThan(findings.length / 50);
    expect(inLists.length).toBeLessThan(findings.filter(isInList).length / 2);
  });

  it('reads the same value the same wherever it stands in the same dressing', () => {
    const odd = [...listExchanges(query(redacted))].find(({ error }) => String(error).startsWith('reset by')) ?? {};
    const found = [...listFindings(query(redacted))].filter(
      ({ exchange, data_type, transform }) => exchange === odd['id'] && data_type === 'imei' && transform === 'plain',
    );
    const matched = found.map(({ id, offset, length }) => {
      const { steps, found: step, redacted: says, holds } = explain(id);
      expect([says, holds]).toEqual([true, true]);
      return Buffer.from(steps[step]?.bytes ?? [])
        .subarray(offset as number, (offset as number) + (length as number))
        .toString();
    });
    expect(matched.length).toBeGreaterThan(4);
    expect([...new Set(matched)]).toEqual([expect.stringMatching(/^[1-9]\d{14}$/)]);
    expect(odd['error']).toBe(`reset by ${matched[0]}`);
    expect(odd['host']).toBe(`id-${matched[0]}.example`);
  });

  it('can be shown, verified and exported', () => {
    const shown = showExchange({ db: redacted, id: 1, secret: null, signatureFolder: null });
    expect(shown.parts.length).toBeGreaterThan(0);
    expect(shown.redacted).toBe(true);
    expect(verifyEvidence(redacted, { seal: null, keys: [] }).broken).toBeNull();
    const pieces = [...exportHar({ db: redacted, capture: null, secret: null }, '1')].map((piece) =>
      Buffer.from(piece),
    );
    const har = Buffer.concat(pieces).toString();
    expect(JSON.parse(har).log.entries).toHaveLength([...listExchanges(query(plain))].length);
    expect(har).not.toContain(IMEI);
  });

  it('can be asked for a value by whoever has the key', () => {
    const asked = (db: string) => [...listFindings({ ...query(db), filter: `value=${IMEI}` })].map(({ id }) => id);
    expect(asked(redacted)).toEqual(asked(plain));
    expect(asked(plain).length).toBeGreaterThan(4);
  });

  it('teaches no profile what stands in for values', () => {
    const learn = (db: string) => learnValues({ db, capture: null, secret: null, device: null, signatureFolder: null });
    expect(learn(plain).length).toBeGreaterThan(0);
    expect(learn(redacted)).toEqual([]);
  });

  it('leaves its key beside the file, for its owner only', () => {
    expect(readFileSync(join(folder, 'redaction.key'), 'latin1')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});
