import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOST, startCapture } from '../kit/capture.ts';
import { send } from '../kit/proxied-client.ts';
import { telltale } from '../kit/telltale.ts';

/** A proxy whose evidence file may hold a megabyte, and a client that sends bodies of 100 KB until told to stop. */
async function crowded(...args: string[]) {
  const { db, proxy, connect } = await startCapture((_, response) => response.end('ok'), {
    options: () => ['--max-db', '3M', ...args],
  });
  const agent = await connect();
  const fill = async (exchanges: number) => {
    const answers: number[] = [];
    for (let count = 0; count < exchanges; count += 1) {
      answers.push((await send(agent, { host: HOST, path: `/${count}`, method: 'POST' }, randomBytes(100_000))).status);
    }
    return answers;
  };
  return { db, proxy, fill };
}

/** Waits until exchanges are in the file. */
async function stored(db: string): Promise<void> {
  while (telltale('exchanges', '--db', db, '--format', 'jsonl').stdout === '')
    await new Promise((settle) => setTimeout(settle, 100));
}

describe('an evidence file that may not grow any further', () => {
  it('ends the capture with one line that says what to do, and what was sealed stays good', async () => {
    const { db, proxy, fill } = await crowded();
    const ended = new Promise<number | null>((settle) => proxy.process.on('close', settle));
    await fill(2);
    await stored(db);
    await fill(200).catch(() => undefined); // the proxy goes away under it
    expect(await ended).toBe(2);
    expect(
      proxy
        .stderr()
        .split('\n')
        .filter((line) => line.startsWith('telltale:')),
    ).toHaveLength(1);
    expect(proxy.stderr()).toContain('--max-db');
    expect(telltale('verify', '--db', db).status).toBe(0);
    expect(
      (JSON.parse(telltale('exchanges', '--db', db, '--format', 'json').stdout) as unknown[]).length,
    ).toBeGreaterThan(0);
  });

  it('goes on relaying when told to, and says what was not stored', async () => {
    const { db, proxy, fill } = await crowded('--on-store-error', 'relay');
    expect(new Set(await fill(60))).toEqual(new Set([200]));
    const { status, stderr } = await proxy.stop();
    expect(status).toBe(2);
    expect(stderr).toMatch(/\d+ exchanges could not be stored/);
    expect(telltale('verify', '--db', db).status).toBe(0);
  });
});

it('an encrypted evidence file opens with its passphrase only, and holds no name in the clear', async () => {
  const written = (folder: string, name: string, passphrase: string) => {
    writeFileSync(join(folder, name), `${passphrase}\n`);
    return join(folder, name);
  };
  const { folder, db, proxy, connect } = await startCapture((_, response) => response.end('ok'), {
    options: (at) => ['--passphrase-file', written(at, 'good.txt', 'korrekt pferd')],
  });
  const [good, bad] = [join(folder, 'good.txt'), written(folder, 'bad.txt', 'falsch')];
  await send(await connect(), { host: HOST, path: '/secret', method: 'POST' }, Buffer.from('a body worth hiding'));
  expect((await proxy.stop()).status).toBe(0);
  const shown = telltale('exchanges', '--db', db, '--passphrase-file', good, '--format', 'json');
  expect(JSON.parse(shown.stdout)).toMatchObject([{ host: HOST }]);
  const refused = telltale('show', '1', '--db', db, '--passphrase-file', bad);
  expect(refused.status).toBe(2);
});
