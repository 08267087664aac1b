/** From a transcript to a case, and from a case as it was played back to a transcript. */

import { linesOf } from '../../../core/worked-examples/transcript.ts';
import type { Ask, Case, MemberState, Parameters, Played, Step } from '../../case.ts';
import { letterOf, triesOf } from '../compare.ts';

/**
 * Retry times, and the waits for their end, are this many times as long as written: a transcript means that nothing
 * else ends one, on a busy machine neither.
 */
const SLOWER = 5;

function slower(set: Parameters): Parameters {
  return set['retry'] === undefined
    ? set
    : { ...set, retry: String(Number(set['retry']) * SLOWER) };
}

export function caseOf(transcript: string, index: number): Case {
  const [head, ...lines] = linesOf(transcript);
  const [, members, balancer] = /^Members: (.*)\. Balancer: (.*)\.$/.exec(head) ?? [];
  return {
    name: `e${String(index).padStart(6, '0')}`,
    seed: index,
    keepAlive: false,
    balancer: { lbmethod: 'byrequests', ...parameters(balancer) },
    members: members.split('; ').map((member) => slower(parameters(member))),
    steps: lines.map(stepOf),
  };
}

/** The transcript as it was played: what was done is copied, the rest written anew. */
export function written(transcript: string, played: readonly Played[]): string[] {
  const [head, ...lines] = linesOf(transcript);
  return [head, ...lines.map((line, i) => writtenLine(line, played, i, lines))];
}

function writtenLine(
  line: string,
  played: readonly Played[],
  index: number,
  lines: readonly string[],
): string {
  const { seen, got, state } = played[index];
  const shown = shownState(line, state);
  const [done] = labelOf(line) ?? [line.replace(/( ->) .*/, '$1')];
  if (seen === null && got === null) return [done, ...shown].join(' ');
  if (got !== null) {
    const opened = lines.findIndex((other) => labelOf(other)?.[1] === `open ${done.slice(6)}`);
    return [done, letterOf(played[opened].seen!.worker!), got.status, ...shown].join(' ');
  }
  const answer = seen!.got;
  const tries = triesOf(seen!);
  const parts: (string | number)[] = [done, done.endsWith('slow') ? `${tries}x -` : tries];
  if (answer !== null) parts.push(answer.status);
  if (answer !== null && answer.cookie !== null) parts.push('changed');
  return [...parts, ...shown].join(' ');
}

/** `a=1 b=2`; the word `defaults` says nothing. */
function parameters(text: string): Parameters {
  const pairs = text.split(' ').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}

/** What is done in a line, with its number and without; null for an event. */
function labelOf(line: string): [string, string] | null {
  const [, number = '', label] =
    /^(\d+ )?(req|slow|(?:open|close|POST|body) \w+|route=\w*|BE says \d+) /.exec(line) ?? [];
  return label === undefined ? null : [number + label, label];
}

function stepOf(line: string): Step {
  const label = labelOf(line)?.[1];
  if (label === undefined) return eventOf(line);
  if (label.startsWith('close ')) return { op: 'release', hold: label.slice(6) };
  return askOf(label);
}

/** A path that makes the whole request as long as it was when the transcript was taken. */
const pathOf = (letters: number) => `/${'x'.repeat(letters)}`;

function askOf(label: string): Ask {
  const [, verb, operand = ''] = /^(route=|BE says|\w+) ?(\w*)$/.exec(label) ?? [];
  const body = verb === 'body' ? Number(operand) : 3;
  return {
    op: 'request',
    method: verb === 'POST' ? 'POST' : 'GET',
    target: verb === 'body' ? pathOf(16 + operand.length) : pathOf(17),
    cookie: verb === 'route=' ? `S=x.${operand}` : null,
    post: verb === 'POST' ? Number(operand) : null,
    chunked: false,
    answer: {
      status: verb === 'BE says' ? Number(operand) : 200,
      body,
      framing: 'length',
      interim: null,
      fault: verb === 'slow' ? 'stall' : null,
    },
    hold: verb === 'open' ? operand : null,
  };
}

function eventOf(line: string): Step {
  const event = line.replace(/^-- /, '').replace(/ ->.*/, '');
  const [, seconds] = /^([\d.]+) s later/.exec(event) ?? [];
  if (seconds !== undefined) return { op: 'wait', seconds: Number(seconds) * SLOWER };
  const [, gone] = /^(\w) goes down$/.exec(event) ?? [];
  if (gone !== undefined) return { op: 'down', member: rowOf(gone) };
  const [, back] = /^(\w) is back$/.exec(event) ?? [];
  if (back !== undefined) return { op: 'up', member: rowOf(back) };
  const [, verb, name] = /^manager: (disable|enable) (\w)$/.exec(event) ?? [];
  if (name !== undefined) {
    const set = { w_status_D: verb === 'disable' ? '1' : '0' };
    return { op: 'manage', member: rowOf(name), set };
  }
  const [, method] = /^manager: lbmethod=(\w+)$/.exec(event) ?? [];
  if (method !== undefined) return { op: 'manage', member: null, set: { b_lbm: method } };
  const [, whose, factor] = /^manager: factor of (\w) := (.*)$/.exec(event) ?? [];
  if (whose === undefined) throw new Error(`unreadable event: ${line}`);
  return { op: 'manage', member: rowOf(whose), set: { w_lf: factor } };
}

function rowOf(letter: string): number {
  return letter.charCodeAt(0) - 65;
}

/** The columns that the line shows, and all flags. */
function shownState(line: string, state: readonly MemberState[]): string[] {
  if (!/ (lb|tx|rx|busy) /.test(line)) return [];
  const columns = [
    ['lb', 0],
    ['busy', 2],
    ['tx', 3],
    ['rx', 4],
  ] as const;
  const shown = columns
    .filter(([name]) => line.includes(` ${name} `))
    .map(([name, column]) => `${name} ${state.map((values) => values[column]).join(' ')}`);
  const flags = state.map((values, member) => `${letterOf(member)}:${values[5]}`);
  const set = flags.filter((text) => text.length > 2);
  return set.length > 0 ? [...shown, `[${set.join(' ')}]`] : shown;
}
