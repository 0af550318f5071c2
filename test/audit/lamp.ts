import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aDetection, anExchange, START } from '../evidence/samples.ts';

export interface Lamp {
  readonly folder: string;
  /** Two captures: in the second a third party gets the OAID too. */
  readonly db: string;
  readonly policy: string;
}

/** The evidence and the policy of an app called 明灯, in a folder that is there while the tests of a file run. */
export function lampFiles(): Lamp {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-lamp-'));
  const db = join(folder, 'night.db');
  const policy = join(folder, 'policy.txt');
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    const writer = EvidenceWriter.open(db);
    for (const name of ['first', 'second']) {
      const capture = writer.beginCapture({
        name,
        startedAt: START,
        app: 'com.example.lamp',
        deviceName: 'redmi-k40',
        facts: { version: '0.1.0' },
      });
      const exchange = (changes: Parameters<typeof anExchange>[1]) => anExchange(capture, changes);
      writer.addExchange(
        exchange({ findings: [aDetection(), aDetection({ dataType: 'mac_address', value: 'a45046000001' })] }),
      );
      writer.addExchange(
        exchange({
          startedAt: START + 30_000,
          endedAt: START + 30_100,
          recipient: { kind: 'third-party', id: 'tracker.example', name: 'tracker.example' },
          findings: name === 'second' ? [aDetection({ dataType: 'oaid', value: '2e66865617a9bf39' })] : [],
        }),
      );
    }
    writer.close();
    writeFileSync(
      policy,
      `明灯App隐私政策
  更新日期：2026年1月1日
  我们收集您的手机号，用于注册账号。
  第三方SDK目录
  SDK名称：友盟+SDK
  使用目的：统计分析
  收集个人信息类型：IMEI
  隐私政策链接：https://www.umeng.com/page/policy
  SDK名称：个推推送SDK
  使用目的：消息推送
  收集个人信息类型：Android ID
  `,
    );
  });
  return { folder, db, policy };
}
