/** Where a check's result goes: the terminal, and the files that other tools read. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { annotationsOf, githubCommands } from '../../../reports/check/annotations.ts';
import { bencherJson } from '../../../reports/check/bencher.ts';
import { junitXml } from '../../../reports/check/junit.ts';
import { checkMarkdown } from '../../../reports/check/markdown.ts';
import { renderCheck } from '../../../reports/check/table.ts';
import type { CheckResult } from '../../../sim/check/result.ts';
import { terminal } from '../terminal.ts';

export interface Outputs {
  readonly json?: boolean;
  readonly junit?: string;
  readonly github?: boolean;
  readonly markdown?: string;
  readonly bencher?: string;
  readonly out?: string;
  readonly allowInconclusive?: boolean;
}

/** The table or the document on stdout; annotations beside it, on stderr when stdout holds a document. */
export function print(
  result: CheckResult,
  { json, github, allowInconclusive = false }: Outputs,
): void {
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else process.stdout.write(renderCheck(result, terminal()));
  if (!github) return;
  const commands = githubCommands(annotationsOf(result, allowInconclusive), fromRepository);
  (json ? process.stderr : process.stdout).write(commands);
}

/** Writes every file that was asked for. */
export async function writeOutputs(result: CheckResult, options: Outputs): Promise<void> {
  const { junit, markdown, bencher, out, allowInconclusive = false } = options;
  const inFolder = (name: string) => (out === undefined ? [] : [join(out, name)]);
  const write = (paths: readonly (string | undefined)[], text: () => string) => {
    for (const path of paths) if (path !== undefined) writeTo(path, text());
  };
  write([junit, ...inFolder('junit.xml')], () => junitXml(result, allowInconclusive));
  write([bencher, ...inFolder('bencher.json')], () => bencherJson(result));
  write(inFolder('check.json'), () => `${JSON.stringify(result, null, 2)}\n`);
  for (const path of [markdown, ...inFolder('check.md')]) {
    if (path === undefined) continue;
    const { marginsSvg } = await import('../../../reports/check/margins-chart.ts');
    const svg = await marginsSvg(result);
    const chart = join(dirname(path), `${basename(path, extname(path))}.svg`);
    if (svg !== null) writeTo(chart, svg);
    writeTo(path, checkMarkdown(result, svg === null ? null : basename(chart)));
  }
}

function writeTo(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** GitHub finds files by their path in the repository. */
export function fromRepository(file: string): string {
  const root = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
  return relative(root, resolve(file)).split(sep).join('/');
}
