/** lbmethods that send everything to one worker: hashes of what is always the same, `first` that is never full. */
import { keyKindFor } from '../../config/lbmethod-of.ts';
import type { KeyKind } from '../../core/index.ts';
import { isUsable } from '../load.ts';
import type { ClientSpec } from '../scenario.ts';
import { type Trap, type View, when, workerPath } from './trap.ts';
import { methodPath, underMethod } from './weights.ts';

export const keyTraps: readonly Trap[] = [
  {
    code: 'one-path',
    severity: 'warning',
    find: (view) =>
      when(
        electsBy(view, 'uri') && view.scenario.clients.every(asksForOne),
        methodPath,
        `it elects by path, and all clients ask for the same one; ${whoGets(view, 'uri', 'every request')}; give clients paths, or elect by key: source`,
      ),
  },
  {
    code: 'one-address',
    severity: 'warning',
    find: (view) =>
      view.scenario.clients.flatMap(({ addresses }, i) =>
        when(
          electsBy(view, 'source') && addresses?.max === 1,
          ['clients', i, 'addresses'],
          `a single address, and the lbmethod elects by address; ${whoGets(view, 'source', 'all requests of this client')}; give it more addresses, or use another lbmethod`,
        ),
      ),
  },
  {
    code: 'first-without-max',
    severity: 'warning',
    find: (view) =>
      underMethod(view, 'first', ({ workers }) => {
        const endless = workers.findIndex((worker) => isUsable(worker) && worker.max === 0);
        return when(
          endless >= 0 && workers.slice(endless + 1).some(isUsable),
          workerPath(endless),
          'it has no max and is never full; under first the workers after it get nothing while it may be elected; give it a max',
        );
      }),
  },
];

function electsBy({ phases }: View, kind: KeyKind): boolean {
  return phases.some(({ balancer: { lbmethod } }) => keyKindFor(lbmethod) === kind);
}

/** What becomes of `all` requests with one key; boundedload passes on what is above a worker's bound. */
function whoGets({ phases }: View, kind: KeyKind, all: string): string {
  const isBounded = phases.every(
    ({ balancer: { lbmethod } }) =>
      keyKindFor(lbmethod) !== kind || (lbmethod.set?.method ?? lbmethod.name) === 'boundedload',
  );
  return isBounded
    ? `one worker gets ${all} up to its bound, and the others only what is above it`
    : `one worker gets ${all} as long as it may be elected`;
}

function asksForOne({ arrival, paths }: ClientSpec): boolean {
  return arrival.kind !== 'trace' && (paths === null || paths.max === 1);
}
