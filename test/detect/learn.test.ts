import { describe, expect, it } from 'vitest';
import { proposeValues, type Sighting } from '../../src/detect/learn.ts';

const identifiers = new Set(['android_id', 'oaid']);

function seen(
  exchange: number,
  value: string,
  more: Partial<Sighting['detection']> & { app?: string; host?: string } = {},
): Sighting {
  const { app = 'com.example.shop', host = 'log.example', ...detection } = more;
  return {
    exchange,
    host,
    app,
    detection: { dataType: 'android_id', field: 'aid', transform: 'plain', match: 'structure', value, ...detection },
  };
}

const steady = [1, 2, 3, 4].map((exchange) => seen(exchange, '1122334455667788'));

describe('values to learn', () => {
  it('are those that a field keeps sending', () => {
    expect(proposeValues(steady, identifiers, new Set())).toEqual([
      {
        dataType: 'android_id',
        value: '1122334455667788',
        app: 'com.example.shop',
        fields: ['aid'],
        hosts: ['log.example'],
        exchanges: [1, 2, 3, 4],
      },
    ]);
  });

  it('belong to no app when several send them', () => {
    const both = [
      ...steady,
      ...[5, 6].map((exchange) => seen(exchange, '1122334455667788', { app: 'com.example.game' })),
    ];
    expect(proposeValues(both, identifiers, new Set())[0]?.app).toBeNull();
  });

  it.each([
    ['seen too seldom', steady.slice(0, 2)],
    ['of a field that changes', [1, 2, 3, 4, 5].map((n) => seen(n, `112233445566778${n}`))],
    ['of types that identify nobody', steady.map(({ exchange }) => seen(exchange, '13', { dataType: 'os_version' }))],
    [
      'that are hashes',
      steady.map(({ exchange, detection }) => seen(exchange, detection.value, { transform: 'md5-hex' })),
    ],
    ['that stand for no value', steady.map(({ exchange }) => seen(exchange, '9774d56d682e549c'))],
  ])('are not those %s', (_, sightings) => {
    expect(proposeValues(sightings, identifiers, new Set())).toEqual([]);
  });

  it('are not those that the profile holds', () => {
    expect(proposeValues(steady, identifiers, new Set(['1122334455667788']))).toEqual([]);
  });
});
