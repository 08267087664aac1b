/** Cuts a failing case down: drops steps, members and parameters as long as a difference remains. */
import type { Ask, Case, Parameters, Step } from '../case.ts';

/** The first of some cases that still fails, as an index; -1: none. */
export type FirstFailing = (cases: readonly Case[]) => Promise<number>;

/** A case from which nothing more can be dropped, or the best within `rounds`. */
export async function shrink(
  failing: Case,
  firstFailing: FirstFailing,
  rounds = 60,
): Promise<Case> {
  let best = failing;
  for (let round = 0; round < rounds; round++) {
    const smaller = candidates(best).map(named);
    const first = await firstFailing(smaller);
    if (first < 0) break;
    best = smaller[first];
  }
  return best;
}

/** Cases of one round run side by side, each under a name of its own. Names keep their length. */
function named(each: Case, index: number): Case {
  return { ...each, name: `s${String(index).padStart(each.name.length - 1, '0')}` };
}

/** Smaller cases, the smallest first. */
function candidates(each: Case): Case[] {
  return [
    ...fewerSteps(each),
    ...fewerMembers(each),
    ...fewerParameters(each),
    ...plainerAsks(each),
  ];
}

function fewerSteps(each: Case): Case[] {
  const { steps } = each;
  const smaller: Case[] = [];
  for (let size = steps.length >>> 1; size > 0; size >>>= 1) {
    for (let from = 0; from < steps.length; from += size) {
      const left = [...steps.slice(0, from), ...steps.slice(from + size)];
      smaller.push({ ...each, steps: left });
    }
  }
  return smaller;
}

function fewerMembers(each: Case): Case[] {
  if (each.members.length < 2) return [];
  return each.members.map((_, gone) => ({
    ...each,
    members: each.members.filter((_, i) => i !== gone),
    steps: each.steps.flatMap((step) => withoutMember(step, gone)),
  }));
}

function withoutMember(step: Step, gone: number): Step[] {
  if (!('member' in step) || step.member === null || step.member < gone) return [step];
  return step.member === gone ? [] : [{ ...step, member: step.member - 1 }];
}

function fewerParameters(each: Case): Case[] {
  const ofBalancer = without(each.balancer)
    .filter((set) => 'lbmethod' in set)
    .map((balancer) => ({ ...each, balancer }));
  const ofMembers = each.members.flatMap((set, i) =>
    without(set).map((fewer) => ({ ...each, members: each.members.with(i, fewer) })),
  );
  return [...ofBalancer, ...ofMembers];
}

function without(set: Parameters): Parameters[] {
  return Object.keys(set).map((key) => {
    const { [key]: _, ...rest } = set;
    return rest;
  });
}

/** A GET without a session, answered at once with a few bytes, is the plainest request. */
const plain: readonly Partial<Ask>[] = [
  { hold: null },
  { method: 'GET', post: null, chunked: false },
  { cookie: null },
  { target: '/' },
  { answer: { status: 200, body: 3, framing: 'length', interim: null, fault: null } },
];

function plainerAsks(each: Case): Case[] {
  return each.steps.flatMap((step, i) => {
    if (step.op !== 'request') return [];
    const plainer = plain.map((part): Ask => ({ ...step, ...part }));
    const changed = plainer.filter((ask) => JSON.stringify(ask) !== JSON.stringify(step));
    return changed.map((ask) => ({ ...each, steps: each.steps.with(i, ask) }));
  });
}
