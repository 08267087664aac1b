/**
 * Random modifiers over every lbmethod, driven by random journals with errors, manager changes, waits and failover.
 * Seeds are fixed; a failure is a defect.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Balancer,
  type Candidates,
  type LbMethod,
  lbmethods,
  type ModifiersConfig,
  outcomes,
  status,
  usable,
} from '../../../src/core/index.ts';
import { EJECTED } from '../../../src/core/status.ts';
import { usersOwn } from '../../conformance/worlds.ts';
import { apply, type Input, record, type World, worldOf } from '../../parity/journal.ts';
import { anyModifiers, inert } from './arbitrary.ts';

const fixed = { seed: 20_261_127, numRuns: 4 };
const INPUTS = 300;
/** Long enough on a busy machine. */
const patience = { timeout: 60_000 };
const seeds = fc.constantFrom('one', 'two', 'three', 'four', 'five');

/** Names of the columns of workers in which two balancers differ: all that methods read, and what is counted. */
function differing(one: Balancer, other: Balancer): string[] {
  const { candidate: _, ...columns } = one.workers;
  return Object.entries(columns)
    .filter(([name, column]) => {
      const same = other.workers[name as keyof typeof columns];
      return column.some((value, row) => !Object.is(value, same[row]));
    })
    .map(([name]) => name);
}

const sameBytes = (one: World, other: World) =>
  Buffer.from(one.balancer.memory).equals(Buffer.from(other.balancer.memory)) &&
  one.exchanges.snapshot() === other.exchanges.snapshot();

/** `method`, with `look` called at each of its elections. */
function watched(method: LbMethod, look: (among: Candidates, nowNs: number) => void): LbMethod {
  return Object.assign(Object.create(method), {
    elect(...args: Parameters<LbMethod['elect']>) {
      look(args[1], args[2]);
      return method.elect(...args);
    },
  });
}

/** Answers and closes everything that is open. */
function finish(
  { exchanges, opened: known }: World,
  journal: readonly Input[],
  opened: readonly number[],
): void {
  let nowNs = journal.reduce((last, input) => ('nowNs' in input ? input.nowNs : last), 0);
  const open = new Set(opened);
  while (open.size > 0) {
    nowNs = Math.max(nowNs, Math.min(exchanges.deadlineNs(), Number.MAX_SAFE_INTEGER - 1));
    exchanges.advance(nowNs);
    while (exchanges.poll() !== null);
    for (const id of open) {
      if (known[id].step === 'dispatch') exchanges.settle(known[id], outcomes.answered, 200, nowNs);
      if (known[id].step !== 'done') continue;
      exchanges.close(known[id]);
      open.delete(id);
    }
  }
}

/** Ids that a journal leaves open. */
function leftOpen(world: World, journal: readonly Input[], check: () => void): number[] {
  const open: number[] = [];
  for (const input of journal) {
    const { opened } = apply(world, input);
    if (opened >= 0) open.push(opened);
    if (input.call === 'close') open.splice(open.indexOf(input.id), 1);
    check();
  }
  return open;
}

describe.each([...lbmethods, usersOwn])('$name', (method) => {
  test(
    'whatever the modifiers, what must hold holds at every election and after every input',
    patience,
    () => {
      const property = fc.property(anyModifiers, seeds, (config, seed) => {
        const journal = record(worldOf(method, undefined, config), seed, INPUTS);
        const world = worldOf(
          watched(method, (among, nowNs) => checkElection(world.balancer, config, among, nowNs)),
          undefined,
          config,
        );
        const open = leftOpen(world, journal, () => checkState(world.balancer, config));
        finish(world, journal, open);
        expect([...world.balancer.workers.busy]).toEqual([0, 0, 0, 0, 0, 0]);
        const { row } = world.balancer.modifiers ?? {};
        expect([row?.retrying[0] ?? 0, row?.failedTries[0] ?? 0]).toEqual([0, 0]);
      });
      fc.assert(property, fixed);
    },
  );

  test(
    'a journal replayed gives equal bytes, from the start and from a copy in the middle',
    patience,
    () => {
      const property = fc.property(anyModifiers, seeds, (config, seed) => {
        const recorded = worldOf(method, undefined, config);
        const journal = record(recorded, seed, INPUTS);
        const replayed = worldOf(method, undefined, config);
        for (const input of journal) apply(replayed, input);
        expect(sameBytes(recorded, replayed)).toBe(true);
        const { balancer } = recorded;
        const copy = balancer.fork();
        const lastNs = balancer.views.lastNs[0];
        for (const passedNs of [0, 1e6, 2e8, 3e9, 4e10]) {
          expect(copy.search(lastNs + passedNs)).toBe(balancer.search(lastNs + passedNs));
        }
        expect(Buffer.from(copy.memory).equals(Buffer.from(balancer.memory))).toBe(true);
      });
      fc.assert(property, fixed);
    },
  );

  test('none configured: the bytes are those of a balancer that never heard of them', () => {
    for (const modifiers of [{}, { panic: undefined }] as ModifiersConfig[]) {
      const { balancer } = worldOf(method, undefined, modifiers);
      expect(balancer.modifiers).toBeNull();
      expect(balancer.memory.byteLength).toBeLessThan(
        worldOf(method, undefined, { panic: 0 }).balancer.memory.byteLength,
      );
    }
  });

  test(
    'modifiers that never do anything change no decision and no counter',
    patience,
    (context) => {
      const walksCount = 'idle workers come onto its list when candidates are looked for, too';
      if (method.name === 'jiq') context.skip(walksCount);
      for (const seed of ['one', 'two', 'three']) {
        const plain = worldOf(method);
        const journal = record(worldOf(method), seed, 500);
        const modified = worldOf(method, undefined, inert);
        for (const input of journal) {
          apply(plain, input);
          apply(modified, input);
          if (plain.balancer.lbmethod.name === 'jiq') break; // switched to; see above
          const differ = differing(modified.balancer, plain.balancer);
          must(differ.length === 0, `differ: ${differ}`);
        }
      }
    },
  );
});

/** Thrown, not expected: this is asked hundreds of thousands of times. */
function must(held: boolean, what: string): void {
  if (!held) throw new Error(what);
}

/** Who may be elected, and with which load factor. */
function checkElection(
  balancer: Balancer,
  config: ModifiersConfig,
  { ids, count }: Candidates,
  nowNs: number,
): void {
  const { workers, modifiers, views } = balancer;
  const panics = modifiers?.panics ?? false;
  const candidates = [...ids.slice(0, count)];
  must(new Set(candidates).size === count, 'a candidate twice');
  for (const worker of candidates) {
    const bits = workers.status[worker]!;
    must((bits & (status.D | status.S | status.U)) === 0, 'a candidate that is switched off');
    must(panics || usable(workers, worker), 'a candidate that cannot serve');
  }
  must(config.panic !== undefined || !panics, 'a panic');
  for (let worker = 0; worker < views.workers[0]; worker++) {
    const raw = workers.lbfactor[worker]!;
    const seen = modifiers?.lbfactor[worker] ?? raw;
    must(seen >= 1 && seen <= raw, `load factor ${seen} of ${raw}`);
    if (modifiers === null || !(workers.status[worker]! & EJECTED)) continue;
    must(modifiers.outlier.ejectedUntilNs[worker]! > nowNs, 'ejected for too long');
  }
  if (config.slowstart !== undefined) checkSlowStart(balancer, config.slowstart, nowNs);
  if (balancer.lbmethod.scope !== 'every') checkPanic(balancer, config.panic ?? 0, candidates);
}

/** A part that is over is over, and one that is not is what its formula says, a step at a time. */
function checkSlowStart(
  { modifiers, workers, views }: Balancer,
  { windowNs, stepNs, min, aggression }: NonNullable<ModifiersConfig['slowstart']>,
  nowNs: number,
): void {
  for (let worker = 0; worker < views.workers[0]; worker++) {
    const ageNs = nowNs - modifiers!.slowStart.sinceNs[worker]!;
    const raw = workers.lbfactor[worker]!;
    const steppedNs = ageNs === Number.POSITIVE_INFINITY ? ageNs : ageNs - (ageNs % stepNs);
    const power = (Math.max(1e6, steppedNs) / windowNs) ** (1 / aggression);
    const part = steppedNs >= windowNs ? 1 : Math.min(1, Math.max(min, power));
    const [least, most] = [Math.floor(raw * part), Math.ceil(raw * part)];
    const now = modifiers!.lbfactor[worker]!;
    const asSaid = now >= Math.max(1, least) && now <= Math.max(1, most);
    must(asSaid, `load factor ${now}, expected ${least} to ${most}`);
  }
}

/** Written anew from the rule: with fewer of the set's regular workers to offer than its share, all are offered. */
function checkPanic(balancer: Balancer, share: number, candidates: readonly number[]): void {
  const { workers, views } = balancer;
  const rows = Array.from({ length: views.workers[0] }, (_, worker) => worker);
  const has = (worker: number, bits: number) => (workers.status[worker]! & bits) !== 0;
  const set = workers.lbset[candidates[0]!]!;
  const { D, S, U, N, R, H } = status;
  const regular = rows.filter(
    (worker) => workers.lbset[worker] === set && !has(worker, D | S | U | N | R | H),
  );
  const usableOnes = candidates.filter((worker) => usable(workers, worker));
  const panics = usableOnes.length < share * regular.length;
  must((balancer.modifiers?.panics ?? false) === panics, `panic: expected ${panics}`);
  const missing = regular.filter((worker) => !candidates.includes(worker));
  const passedOver = missing.filter((worker) => panics || usable(workers, worker));
  must(passedOver.length === 0, `passed over: ${passedOver}`);
}

/** Counters agree with what they count. */
function checkState(balancer: Balancer, config: ModifiersConfig): void {
  const { workers, modifiers, views } = balancer;
  if (modifiers === null) return;
  const { row } = modifiers;
  const ejected = [...workers.status].filter((bits) => bits & EJECTED).length;
  must(row.ejected[0] === ejected, `${row.ejected[0]} ejected, expected ${ejected}`);
  const { maxEjected = 0 } = config.outlier ?? {};
  const most = maxEjected > 0 ? Math.max(1, maxEjected * views.workers[0]!) : 0;
  must(ejected <= most, `${ejected} ejected, at most ${most}`);
  must(row.retrying[0]! >= 0, 'fewer than no retries');
  must(row.failedTries[0]! >= row.retrying[0]!, 'more retries than failed tries');
  if (config.retrybudget?.kind !== 'tokens') return;
  const [tokens] = row.tokens;
  must(tokens! >= 0 && tokens! <= config.retrybudget.tokens, `${tokens} tokens`);
}
