import { expect, it } from 'vitest';
import { brokenInvariants } from '../../sim/invariants.ts';
import { everyTenth, play } from './play.ts';

it('the invariants are not blind', () => {
  const one = 'balancer: { workers: [ { name: a } ] }';
  const { model } = play(everyTenth(5, one));
  model.observations.succeeded++;
  model.ledger.closed--;
  model.ledger.residenceNs += 1e6;
  model.proxies[0].balancer.workers.busy[0]++;
  model.ledger.tryTimeNs += 1e6;
  expect(brokenInvariants(model).map((sentence) => sentence.split(':')[0])).toEqual([
    'conservation of requests',
    'conservation of exchanges',
    "Little's law",
    'busy',
    "Little's law",
  ]);
});
