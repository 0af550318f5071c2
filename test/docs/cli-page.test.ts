import { resolve } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/cli.md');
const INTRODUCTION = `# Commands

Every command and option, as \`telltale COMMAND --help\` prints them; written from the commands themselves. In a checkout, \`telltale\` is
\`npm run --silent telltale --\`.

Exit status: 0 fine · 1 a condition of \`--fail-on\`, \`--severity-threshold\`, \`verify\` or \`lint\` is met · 2 bad usage or bad input · 70 a defect of ours.
stdout carries the result, stderr everything else. \`NO_COLOR\` and \`FORCE_COLOR\` are respected.
`;

/** A command with the words that call it, then its subcommands. */
function withSubcommands(command: Command, before: readonly string[]): readonly (readonly [string, Command])[] {
  const words = [...before, command.name()];
  return [[words.join(' '), command], ...command.commands.flatMap((inner) => withSubcommands(inner, words))];
}

const commands = COMMANDS.flatMap((make) => withSubcommands(make(), ['telltale']));

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function optionRow(option: Option): string {
  const notes = [
    option.mandatory ? 'required' : '',
    option.argChoices === undefined ? '' : `one of ${option.argChoices.join(', ')}`,
    hasDefault(option) ? `default ${String(option.defaultValue)}` : '',
  ].filter((note) => note !== '');
  return `| \`${option.flags.replace(/<([^>]*)>/, '$1').replace('...', '…')}\` | ${cell(option.description)} | ${cell(notes.join('; '))} |`;
}

function hasDefault({ defaultValue }: Option): boolean {
  return typeof defaultValue === 'string' || typeof defaultValue === 'number';
}

function section([words, command]: readonly [string, Command]): string {
  const call = [words, ...command.registeredArguments.map(argumentText)].join(' ');
  const visible = command.options.filter((option) => !option.hidden);
  const table =
    visible.length === 0 ? [] : ['', '| option | | |', '| --- | --- | --- |', ...visible.map((one) => optionRow(one))];
  return [`## ${words}`, '', `\`${call}\``, '', cell(command.description()), ...table, ''].join('\n');
}

describe('The commands', () => {
  it('stand in docs/cli.md with every option; `npm test -- -u test/docs` writes the page anew', async () => {
    await expect([INTRODUCTION, ...commands.map(section)].join('\n')).toMatchFileSnapshot(PAGE);
  });

  it.each(commands.map(([words, command]) => [words, command] as const))(
    '%s says what each option is for',
    (_, command) => {
      const words = [command.description(), ...command.options.map((option) => option.description)];
      expect(words.filter((text) => text.trim() === '')).toEqual([]);
    },
  );

  it.each(commands)('%s writes what stands for a value in capitals', (_, command) => {
    const placeholders = [
      ...command.options.map((option) => option.flags.replace(/^[^<[]*/, '')),
      ...command.registeredArguments.map((argument) => argument.name()),
    ];
    expect(placeholders.filter((text) => text !== text.toUpperCase())).toEqual([]);
  });
});
