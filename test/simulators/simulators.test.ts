import { describe, expect, it } from 'vitest';
import { buildRecipientIndex } from '../../src/attribute/recipients.ts';
import { SIMULATORS } from '../../src/audit/simulators/all.ts';
import { rc4 } from '../../src/audit/simulators/tencent-mta.ts';
import { compactStruct } from '../../src/audit/simulators/thrift.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';
import { audited, headOf, PHONE } from './audited.ts';

const { signatures } = loadSignatureData({ extraFolder: null });

const requests = Object.entries(SIMULATORS).flatMap(([id, simulate]) =>
  simulate(PHONE).map((request) => [`${id} ${request.url.slice(0, 60)}`, id, request] as const),
);

describe('the simulators', () => {
  it('cover every SDK of the seed policies that has traffic of its own, and only SDKs with a signature', () => {
    const ids = signatures.map(({ id }) => id);
    expect(Object.keys(SIMULATORS).filter((id) => !ids.includes(id))).toEqual([]);
    const silent = [
      'facebook-stetho',
      'kinggrid-iapppdf',
      'matisse',
      'oppo-push',
      'pingan-paface-paspeech',
      'suwell-ofd',
      'vivo-push',
      'zxing',
    ];
    for (const id of silent) {
      expect(signatures.find((signature) => signature.id === id)?.network).toMatch(/^(none|unknown)$/);
      expect(SIMULATORS[id]).toBeUndefined();
    }
    expect(Object.keys(SIMULATORS).length + silent.length).toBe(29);
  });

  it.each(requests)('%s is attributed to its SDK', (_, id, request) => {
    expect(request.sdk).toBe(id);
    const index = buildRecipientIndex(signatures, { app: 'com.example.notes', firstPartyHosts: [] });
    expect(index.attribute(headOf(request)).recipient).toMatchObject({ kind: 'sdk', id });
  });

  it.each(requests)(
    '%s is the same for the same device, and carries nothing of a device without identifiers',
    (_, id, request) => {
      const again = SIMULATORS[id]?.(PHONE).find(({ url }) => url === request.url);
      expect(again).toEqual(request);
      const blank = SIMULATORS[id]?.({ ...PHONE, identifiers: {} }) ?? [];
      expect(blank.flatMap(({ identifiersSent }) => identifiersSent)).toEqual([]);
    },
  );

  it.each(requests.filter(([, , { opaque }]) => opaque === null))(
    '%s shows every identifier that it carries',
    (_, __, request) => {
      const { found } = audited(request);
      expect([...found].sort()).toEqual(
        expect.arrayContaining([...new Set(request.identifiersSent.map(({ dataType }) => dataType))].sort()),
      );
    },
  );

  it.each(requests.filter(([, , { opaque }]) => opaque !== null))(
    '%s is reported as opaque, and shows nothing',
    (_, __, request) => {
      const { found, gaps } = audited(request);
      expect([...found]).toEqual([]);
      expect([...gaps]).toContain('opaque-body');
      expect(request.identifiersSent.length).toBeGreaterThan(0);
    },
  );
});

describe('the codecs of simulated SDKs', () => {
  it.each(requests.filter(([, , { codec }]) => codec !== null))(
    '%s hides its identifiers without its codec',
    (_, __, request) => {
      expect([...audited(request, false).found]).toEqual([]);
    },
  );
});

describe('what the simulators are made of', () => {
  it.each([
    ['Key', 'Plaintext', 'bbf316e8d940af0ad3'],
    ['Wiki', 'pedia', '1021bf0420'],
  ])('rc4 with %s makes of %s what the published vectors say', (key, text, hex) => {
    expect(Buffer.from(rc4(Buffer.from(key), Buffer.from(text))).toString('hex')).toBe(hex);
  });

  it('compactStruct writes field headers, zigzag numbers and lengths', () => {
    expect(
      Buffer.from(
        compactStruct([
          [1, 'ab'],
          [4, 150],
          [5, -1],
        ]),
      ).toString('hex'),
    ).toBe('18026162' + '35ac02' + '1501' + '00');
  });
});
