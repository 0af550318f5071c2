import { describe, expect, it } from 'vitest';
import { loadSignatureData } from '../../src/signatures/load.ts';
import { sdksPage } from './sdks-page.ts';

describe('docs/sdks.md', () => {
  const { signatures, taxonomy } = loadSignatureData({ extraFolder: null });
  const page = sdksPage(signatures, taxonomy);

  it('is what the signatures and the simulators say', async () => {
    await expect(page).toMatchFileSnapshot('../../docs/sdks.md');
  });

  it('leaves no cell of the policies’ table empty', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('](#'));
    expect(rows).toHaveLength(29);
    for (const row of rows) expect(row).not.toMatch(/\|\s*\|/);
  });
});
