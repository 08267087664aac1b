/** Cuts a failing case down: drops steps, members and parameters as long as a difference remains. */
import type { Case, Parameters, Step } from '../case.ts';

/** Whether each of some cases still fails. */
export type StillFails = (cases: readonly Case[]) => Promise<boolean[]>;

/** A case from which nothing more can be dropped, or the best within `rounds`. */
export async function shrink(failing: Case, stillFails: StillFails, rounds = 40): Promise<Case> {
  let best = failing;
  for (let round = 0; round < rounds; round++) {
    const smaller = candidates(best).map(named);
    if (smaller.length === 0) break;
    const fails = await stillFails(smaller);
    const first = fails.indexOf(true);
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
  return [...fewerSteps(each), ...fewerMembers(each), ...fewerParameters(each)];
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
