import { expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { problemsOf } from './problems.ts';

const text = `run: { requests: 5 }
balancer:
  lbmethod: byrequests
  workers: [{ name: a, backend: app }, { name: "b.c", backend: app }]
backends:
  app: &app { slots: 1, service: 10ms }
  spare: *app
clients:
  - { name: shoppers, arrival: { poisson: 10/s } }
`;
const parse = (path: string, value: string) => parseScenario(text, 'x.yaml', [{ path, value }]);

test.each([
  ['clients.0.arrival.poisson', '20/s'],
  ['clients.shoppers.arrival.poisson', '20/s'],
  ['clients[0].arrival.poisson', '20/s'],
  ['clients.shoppers.arrival', '{ poisson: 20/s }'],
])('a list entry goes by its number or its name: %s', (path, value) => {
  const arrival = { kind: 'poisson', perSecond: 20 };
  expect(parse(path, value).clients[0]!.arrival).toEqual(arrival);
});

test('keys and names may hold dots', () => {
  expect(parse('balancer.workers.b.c.max', '9').balancer.workers[1]!.max).toBe(9);
});

test('what is missing is made', () => {
  expect(parse('clients.0.retry.attempts', '2').clients[0]!.retry.attempts).toBe(2);
  expect(parse('seed', '7').seed).toBe('7');
});

test('what an alias stands for stays; what its anchor holds goes along', () => {
  const slots = (path: string) => parse(path, '4').backends.map((backend) => backend.slots);
  expect(slots('backends.spare.slots')).toEqual([1, 4]);
  expect(slots('backends.app.slots')).toEqual([4, 4]);
});

test('the digest is that of the file and of what was put in, in any order', () => {
  const one = { path: 'seed', value: '7' };
  const two = { path: 'run.requests', value: '9' };
  const digest = (...overrides: (typeof one)[]) => parseScenario(text, 'x.yaml', overrides).sha256;
  expect(digest(one, two)).toBe(digest(two, one));
  expect(new Set([digest(), digest(one), digest(two), digest(one, two)]).size).toBe(4);
});

test.each([
  ['clients.0.arrival.poisson', '40', 9, 43, '[0].arrival.poisson is 40; expected a rate'],
  ['clients.0.arrival.poison', '40/s', 9, 32, 'poison does not go with poisson'],
  ['clients.shopper.timeout', '1s', 9, 3, 'no entry named shopper; did you mean shoppers?'],
  ['clients.1.timeout', '1s', 9, 3, 'clients has entries 0 to 0; there is no 1.'],
  ['balancer.lbmethd', 'bybusyness', 3, 3, 'lbmethd is not a known key; did you mean lbmethod?'],
  ['balancer.lbmethod', 'bybusynes', 3, 13, 'bybusynes'],
  ['balancer.lbmethod.x', '1', 3, 13, 'holds nothing that has a name; remove .x.'],
  ['run.warmpu', '1s', 1, 6, 'run.warmpu is not a known key; did you mean warmup?'],
  ['run.seed', '1', 1, 6, 'run.seed is not a known key; seed stands at the top of the file'],
  ['clients.0.retri.attempts', '1', 9, 5, 'clients[0].retri is not a known key'],
  ['balancer.workers.a.max', '', 4, 13, 'the value is empty'],
  ['balancer..max', '1', 1, 1, 'the path has an empty part'],
  ['balancer.workers.a.max', '[1', 4, 13, '[1 is not YAML'],
])('%s=%s names itself and its place', (path, value, line, column, message) => {
  const [problem, ...others] = problemsOf(() => parse(path, value));
  expect(others).toEqual([]);
  expect(problem?.message).toMatch(new RegExp(`^--vary ${path.replace(/[.[\]]/g, '\\$&')}=`));
  expect(problem?.message).toContain(message);
  expect(problem).toMatchObject({ file: 'x.yaml', line, column });
  expect(problem?.source).toBeUndefined();
});
