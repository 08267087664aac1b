/**
 * A composite action's steps as GitHub's runner takes them: `if`, expressions, `env`, the working directory, bash with
 * -e and pipefail, and what a step leaves in GITHUB_OUTPUT and GITHUB_STEP_SUMMARY. Steps that use other actions are
 * not run here: the caller says what they leave.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { ended } from '../cli/cli.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly default?: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export interface Run {
  /** Of the first step that failed; 0 when none did. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What GITHUB_STEP_SUMMARY holds in the end. */
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Steps that were not skipped: their ids, what they use, or their first line. */
  readonly steps: readonly string[];
  /** By action, what each used one was given. */
  readonly used: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Job {
  /** Folder of the action: GITHUB_ACTION_PATH. */
  readonly action: string;
  /** The user's checkout: GITHUB_WORKSPACE. */
  readonly workspace: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What steps that use other actions leave, by id. */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** First words of commands that are not run, for what they do is done. */
  readonly without?: string;
}

export async function runAction({
  action,
  workspace,
  inputs,
  outputs = {},
  without,
}: Job): Promise<Run> {
  const read = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as Action;
  const context = new Map<string, string>([['github.action_path', action]]);
  for (const [name, { default: usual = '' }] of Object.entries(read.inputs)) {
    context.set(`inputs.${name}`, inputs[name] ?? usual);
  }
  const say = (text: string) =>
    text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => context.get(name) ?? '');
  const temporary = mkdtempSync(join(tmpdir(), 'fairlead-action-'));
  onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
  const summary = join(temporary, 'summary');
  writeFileSync(summary, '');
  const run = {
    code: 0,
    stdout: '',
    stderr: '',
    steps: [] as string[],
    used: {} as Record<string, Record<string, string>>,
  };
  for (const [index, step] of read.runs.steps.entries()) {
    if (!isDue(step.if, run.code === 0, context)) continue;
    if (without !== undefined && step.run?.startsWith(without)) continue;
    run.steps.push(step.id ?? step.uses ?? step.run!.split('\n', 1)[0]!);
    const left = step.uses === undefined ? await shell(step, index) : use(step);
    for (const [name, value] of Object.entries(left))
      context.set(`steps.${step.id}.outputs.${name}`, value);
  }
  const shown = Object.entries(read.outputs).map(([name, { value }]) => [name, say(value)]);
  return { ...run, summary: readFileSync(summary, 'utf8'), outputs: Object.fromEntries(shown) };

  function use({ id = '', uses = '', with: given = {} }: Step): Readonly<Record<string, string>> {
    run.used[uses] = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, say(String(value))]),
    );
    return outputs[id] ?? {};
  }

  async function shell(step: Step, index: number): Promise<Record<string, string>> {
    if (step.shell !== 'bash')
      throw new Error(`step ${index} has shell ${step.shell}; a composite action must say bash`);
    const script = join(temporary, `${index}.sh`);
    const output = join(temporary, `${index}.output`);
    writeFileSync(script, say(step.run!));
    writeFileSync(output, '');
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, say(value)]);
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
      cwd: step['working-directory'] === undefined ? workspace : say(step['working-directory']),
      env: {
        ...process.env,
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: action,
        GITHUB_WORKSPACE: workspace,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries(own),
      },
    });
    const { code, stdout, stderr } = await ended(child);
    run.stdout += stdout;
    run.stderr += stderr;
    if (run.code === 0) run.code = code ?? 1;
    const lines = readFileSync(output, 'utf8').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
  }
}

/** `always()`, `inputs.NAME == 'TEXT'`, or nothing, which means that all went well so far. */
function isDue(
  condition: string | undefined,
  isWell: boolean,
  context: ReadonlyMap<string, string>,
): boolean {
  if (condition === 'always()') return true;
  if (condition === undefined) return isWell;
  const [, name, text] = /^([\w.-]+) == '([^']*)'$/.exec(condition) ?? [];
  if (name === undefined) throw new Error(`if: ${condition} is beyond this runner`);
  return isWell && context.get(name) === text;
}
