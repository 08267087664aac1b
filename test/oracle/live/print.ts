/** A failing case in words: its configuration, its script, and the first difference. */
import type { Ask, Case, Step } from '../case.ts';
import { letterOf } from './compare.ts';
import { written } from './conf.ts';
import type { Outcome } from './play.ts';

export function printed(
  { seed, keepAlive, balancer, members, steps }: Case,
  outcome: Outcome,
): string {
  const until = outcome.difference?.step ?? steps.length - 1;
  return [
    `seed ${seed}${keepAlive ? ', client connections kept' : ''}`,
    '  <Proxy balancer://...>',
    ...members.map((set, i) => `    BalancerMember ${letterOf(i)}${written(set)}`),
    `    ProxySet${written(balancer)}`,
    '  </Proxy>',
    ...steps
      .slice(0, until + 1)
      .map((step, i) => `  ${String(i + 1).padStart(3)} ${stepText(step)}`),
    `  step ${until + 1}: ${outcome.difference?.text ?? 'no difference'}`,
  ].join('\n');
}

function stepText(step: Step): string {
  if (step.op === 'request') return askText(step);
  if (step.op === 'release') return `release ${step.hold}`;
  if (step.op === 'wait') return `wait ${step.seconds} s`;
  if (step.op === 'manage') {
    const whose = step.member === null ? 'the balancer' : letterOf(step.member);
    return `manager: of ${whose}${written(step.set)}`;
  }
  return `${letterOf(step.member)} goes ${step.op}`;
}

function askText({ method, target, cookie, post, chunked, answer, hold }: Ask): string {
  const parts = [method, target];
  if (cookie !== null) parts.push(`Cookie: ${cookie};`);
  if (post !== null) parts.push(`${chunked ? 'chunked ' : ''}body of ${post};`);
  const { status, body, framing, interim, fault } = answer;
  parts.push(`answered ${status}, ${body} bytes by ${framing}`);
  if (interim !== null) parts.push(`after ${interim}`);
  if (fault !== null) parts.push(`(${fault})`);
  if (hold !== null) parts.push(`held as ${hold}`);
  return parts.join(' ');
}
