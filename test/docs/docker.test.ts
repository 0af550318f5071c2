import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { setUpPages } from '../../src/device/set-up-pages.ts';
import { telltale } from '../cli/telltale.ts';
import * as certificate from '../device/certificate.ts';

const project = resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(resolve(project, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as { engines: { node: string }; bin: { telltale: string } };

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** One entry an instruction, lines joined, comments left out. */
const dockerfile: Instruction[] = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ')[0] as string, text: line.slice(line.indexOf(' ') + 1) }));

function all(name: string): string[] {
  return dockerfile.filter((instruction) => instruction.name === name).map(({ text }) => text);
}

interface Compose {
  readonly services: {
    readonly telltale: { readonly command: string[]; readonly volumes: string[]; readonly build: string } & Record<
      string,
      unknown
    >;
  };
  readonly volumes: Readonly<Record<string, unknown>>;
}
const compose = parse(read('docker-compose.yml')) as Compose;
const imageCommand = JSON.parse(all('CMD').at(-1) as string) as string[];

let proxyHelp: string;
beforeAll(() => {
  proxyHelp = telltale(['proxy', '--help']).stdout;
});

describe('The Dockerfile', () => {
  it('uses a Node that package.json allows, in both stages', () => {
    const major = /^>=(\d+)\./.exec(manifest.engines.node)?.[1];
    expect(all('FROM').map((from) => from.split(' ')[0])).toEqual([`node:${major}-slim`, `node:${major}-slim`]);
  });

  it('copies only what is there, and the program that package.json names', () => {
    const copied = all('COPY').flatMap((text) =>
      text
        .split(' ')
        .slice(0, -1)
        .filter((word) => !word.startsWith('--')),
    );
    for (const source of copied) {
      const path = source.replace(/^\/telltale\//, '');
      if (path === 'dist' || path === 'node_modules') continue;
      expect(existsSync(resolve(project, path)), source).toBe(true);
    }
    expect(all('RUN').join(' ')).toContain(`/telltale/${manifest.bin.telltale} /usr/local/bin/telltale`);
  });

  it('does not run as root, and keeps what must last in volumes', () => {
    const order = dockerfile.map(({ name }) => name);
    expect(order.indexOf('USER')).toBeLessThan(order.indexOf('ENTRYPOINT'));
    expect(all('USER')).toEqual(['node']);
    expect(all('VOLUME').map((text) => JSON.parse(text) as unknown)).toEqual([['/evidence', '/certs']]);
  });

  it('asks a page for its health that the proxy answers', async () => {
    const path = /http:\/\/127\.0\.0\.1:8080(\/\w+)/.exec(all('HEALTHCHECK')[0] as string)?.[1] as string;
    const facts = {
      ...certificate,
      proxyAddresses: [],
      captureName: 'x',
      counts: () => ({ exchanges: 0, sdks: 0, findings: 0, gaps: 0 }),
      addMark: () => undefined,
    };
    const request = {
      method: 'GET',
      target: path,
      headers: [],
      body: Buffer.of(),
      phoneAddress: '127.0.0.1',
      throughProxy: false,
      overTls: false,
    };
    expect((await setUpPages(facts)(request)).status).toBe(200);
  });
});

describe('docker-compose.yml', () => {
  it('builds from here and names only volumes that it declares and the image has', () => {
    expect(compose.services.telltale.build).toBe('.');
    const mounts = compose.services.telltale.volumes.map((mount) => mount.split(':'));
    expect(mounts.map(([name]) => name)).toEqual(Object.keys(compose.volumes));
    expect(mounts.map(([, path]) => path)).toEqual(JSON.parse(all('VOLUME')[0] as string));
  });

  it('runs the command of the image', () => {
    expect(compose.services.telltale.command).toEqual(imageCommand);
  });
});

describe('The command of both', () => {
  it('uses only flags that telltale proxy has', () => {
    const [command, ...rest] = imageCommand;
    expect(command).toBe('proxy');
    const flags = rest.filter((word) => word.startsWith('--'));
    expect(flags.length).toBeGreaterThan(2);
    for (const flag of flags) expect(proxyHelp).toMatch(new RegExp(`^\\s+${flag}\\b`, 'm'));
  });

  it('listens where EXPOSE and the health check say', () => {
    const port = imageCommand[imageCommand.indexOf('--listen') + 1]?.split(':')[1];
    expect(all('EXPOSE')).toEqual([port]);
    expect(all('HEALTHCHECK')[0]).toContain(`127.0.0.1:${port}/`);
  });

  it('writes into the volumes', () => {
    expect(imageCommand[imageCommand.indexOf('--db') + 1]).toMatch(/^\/evidence\//);
    expect(imageCommand[imageCommand.indexOf('--ca-dir') + 1]).toBe('/certs');
  });
});
