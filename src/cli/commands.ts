import type { Command } from 'commander';
import { caCommand } from './ca.ts';
import { compareCommand } from './compare.ts';
import { consoleCommand } from './console.ts';
import { demoCommand } from './demo.ts';
import { deviceCommand } from './device.ts';
import { diffCommand } from './diff.ts';
import { exchangesCommand } from './exchanges.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { findingsCommand } from './findings.ts';
import { gapsCommand } from './gaps.ts';
import { hostsCommand } from './hosts.ts';
import { importCommand } from './import.ts';
import { markCommand } from './mark.ts';
import { policyCommand } from './policy.ts';
import { proxyCommand } from './proxy.ts';
import { pruneCommand } from './prune.ts';
import { reportCommand } from './report.ts';
import { scanCommand } from './scan.ts';
import { sdksCommand } from './sdks.ts';
import { showCommand } from './show.ts';
import { signaturesCommand } from './signatures.ts';
import { sqlCommand } from './sql.ts';
import { stampCommand } from './stamp.ts';
import { verifyCommand } from './verify.ts';

/**
 * Every command, in the order of the help text. A command's file exports one function that makes it; heavy rooms are imported
 * inside its action, so that `telltale --help` starts at once.
 */
export const COMMANDS: readonly (() => Command)[] = [
  proxyCommand,
  importCommand,
  scanCommand,
  markCommand,
  exchangesCommand,
  findingsCommand,
  gapsCommand,
  hostsCommand,
  sdksCommand,
  showCommand,
  explainCommand,
  diffCommand,
  sqlCommand,
  policyCommand,
  compareCommand,
  reportCommand,
  verifyCommand,
  stampCommand,
  exportCommand,
  pruneCommand,
  signaturesCommand,
  caCommand,
  deviceCommand,
  consoleCommand,
  demoCommand,
];
