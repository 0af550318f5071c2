import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { connectionLimits, openFilesMax } from '../../src/audit/open-files.ts';

describe('connections within the limit on open files', () => {
  it.each([
    // files     phones  idle
    [null, 8192, 512],
    [1_048_576, 8192, 512],
    [4096, 2016, 512],
    [1024, 480, 240],
    [256, 96, 48],
    [10, 4, 2],
  ])('%s files', (files, phoneConnectionsMax, idleServerConnectionsMax) => {
    expect(connectionLimits(files)).toEqual({ phoneConnectionsMax, idleServerConnectionsMax });
  });

  it('knows the limit of this process', () => {
    const shell = spawnSync('sh', ['-c', 'ulimit -n']).stdout.toString().trim();
    expect(openFilesMax()).toBe(shell === 'unlimited' ? null : Number(shell));
  });
});
