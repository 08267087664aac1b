import { describe, expect, it } from 'vitest';
import { Model, type Witness } from '../../sim/model.ts';
import { streams } from '../../sim/streams.ts';
import { keyOf, lbmethods } from '../../src/core/index.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { methodOf } from './play.ts';

interface Arrival {
  readonly client: number;
  readonly atNs: number;
  readonly session: number;
  readonly source: number;
  readonly uri: number;
  readonly service: number;
  readonly worker: number;
}

const workers = ['a', 'b', 'c']
  .map((name) => `{ name: ${name}, route: ${name}, backend: app }`)
  .join(', ');

/** Every request of one replication from empty, as it was drawn and where it went. */
function arrivals(clients: string, lbmethod = 'source', more = ''): Arrival[] {
  const scenario = parseScenario(
    `
run: { requests: 4000 }
balancer: { stickysession: S, workers: [ ${workers} ] }
backends: { app: { slots: 50, service: { exponential: 10ms } }${more} }
clients: [ ${clients} ]`,
    'keys.yaml',
  );
  const seen: Arrival[] = [];
  const witness: Witness = {
    before() {},
    after({ tries, worker, ...flight }) {
      if (tries !== 1) return;
      const { client, arrivedNs: atNs, session, sourceKey, uriKey, serviceUniform } = flight;
      const keys = { source: sourceKey, uri: uriKey, service: serviceUniform };
      seen.push({ client, atNs, session, ...keys, worker });
    },
  };
  new Model({
    scenario,
    lbmethod: methodOf(lbmethod),
    alternatives: [],
    stream: streams('keys', 0),
    warmupNs: 0,
    binNs: Number.POSITIVE_INFINITY,
    witness,
  }).run();
  return seen.slice(0, 4000);
}

const single = (more = '') => `{ name: c, arrival: { poisson: 100/s }${more} }`;
const inSessions = (more = '') =>
  `{ name: c, arrival: { poisson: 20/s }, session: { requests: 8, think: { exponential: 1s }, sticky: none }${more} }`;
const shares = (values: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1 / values.length);
  return counts;
};

describe('addresses', () => {
  it('are everybody’s own unless said otherwise', () => {
    // A repeated key among 4000 of 32 bits has a chance of 0.2 %; the seed is fixed.
    expect(new Set(arrivals(single()).map(({ source }) => source)).size).toBe(4000);
  });

  it('are shared alike, or by popularity', () => {
    const alike = shares(arrivals(single(', addresses: 4')).map(({ source }) => source));
    expect([...alike.keys()].sort()).toEqual([1, 2, 3, 4].map((k) => keyOf(`c-${k}`)).sort());
    const zipf = ', addresses: { zipf: { exponent: 1, max: 4 } }';
    const popular = shares(arrivals(single(zipf)).map(({ source }) => source));
    for (const k of [1, 2, 3, 4]) {
      // Five standard errors each, below 0.04: a false alarm in 200 000 seeds for all eight.
      expect(Math.abs(alike.get(keyOf(`c-${k}`))! - 0.25)).toBeLessThan(0.04);
      expect(Math.abs(popular.get(keyOf(`c-${k}`))! - 12 / 25 / k)).toBeLessThan(0.04);
    }
  });

  it('stay with a session and with a closed user', () => {
    const closed =
      '{ name: c, arrival: { closed: { users: 20, think: 1s } }, session: { requests: 3 }, addresses: 1000000 }';
    for (const clients of [inSessions(', addresses: 1000000'), closed]) {
      const all = arrivals(clients);
      const bySession = new Map<number, Set<number>>();
      // Rows of sessions that ended are used again: those of the first 20 s, before any could end, tell.
      const early = clients === closed ? all : all.filter(({ atNs }) => atNs < 1e9);
      for (const { session, source } of early) {
        bySession.set(session, (bySession.get(session) ?? new Set()).add(source));
      }
      expect(early.length).toBeGreaterThan(bySession.size);
      expect([...bySession.values()].every(({ size }) => size === 1)).toBe(true);
    }
  });

  it('decide under `source`: everybody behind one address goes to one worker', () => {
    expect(new Set(arrivals(single(', addresses: 1')).map(({ worker }) => worker)).size).toBe(1);
    expect(new Set(arrivals(single()).map(({ worker }) => worker)).size).toBe(3);
  });
});

describe('paths', () => {
  it('are all the same unless said otherwise, and the same for every class', () => {
    expect(new Set(arrivals(single(), 'uri').map(({ uri }) => uri))).toEqual(new Set([keyOf('/')]));
    const two = `${single(', paths: 9')}, { name: d, arrival: { poisson: 99/s }, paths: 9 }`;
    const all = arrivals(two, 'uri');
    expect(new Set(all.map(({ uri }) => uri)).size).toBe(9);
    const [c, d] = [0, 1].map((client) =>
      shares(all.filter((one) => one.client === client).map(({ uri }) => uri)),
    );
    expect([...c!.keys()].sort()).toEqual([...d!.keys()].sort());
  });

  it('change from one request of a session to the next', () => {
    const uris = shares(arrivals(inSessions(', paths: 4'), 'uri').map(({ uri }) => uri));
    expect([...uris.values()].every((share) => Math.abs(share - 0.25) < 0.04)).toBe(true);
  });
});

describe('streams are named', () => {
  const drawn = (all: Arrival[], client = 0) =>
    all
      .filter((one) => one.client === client)
      .slice(0, 900)
      .map(({ atNs, source, uri, service }) => [atNs, source, uri, service]);
  const alone = drawn(arrivals(single(', addresses: 9, paths: 9')));

  it.each([
    [
      'a busy class after it',
      `${single(', addresses: 9, paths: 9')}, { name: d, arrival: { poisson: 200/s } }`,
      0,
      '',
    ],
    [
      'a busy class before it',
      `{ name: d, arrival: { poisson: 200/s } }, ${single(', addresses: 9, paths: 9')}`,
      1,
      '',
    ],
    [
      'a backend',
      single(', addresses: 9, paths: 9'),
      0,
      ', unused: { service: { exponential: 1s } }',
    ],
  ])('%s moves no draw of a class', (_, clients, client, more) => {
    expect(drawn(arrivals(clients, 'source', more), client)).toEqual(alone);
  });

  it('keys move no other draw', () => {
    const times = (all: Arrival[]) => all.map(({ atNs, service }) => [atNs, service]);
    expect(times(arrivals(single(', addresses: 9')))).toEqual(
      times(arrivals(single(), 'byrequests')),
    );
    expect(lbmethods.some(({ name }) => name === 'source')).toBe(true);
  });
});
