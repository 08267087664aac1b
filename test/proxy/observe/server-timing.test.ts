/** `Server-Timing`: for whoever the configuration says, and nobody else. */
import { expect, test } from 'vitest';
import { backend, balancer, refusingPort, rig } from '../rig.ts';

const PARTS =
  /^pick;dur=\d+\.\d{3}, connect;dur=\d+\.\d{3}, wait;dur=\d+\.\d{3}, total;dur=\d+\.\d{3}$/;

test('by a header that SetEnvIf looks for', async () => {
  const one = await backend('one');
  const proxy = await rig(`SetEnvIf X-Timing yes fairlead-server-timing\n${balancer([one.url])}`);
  const asking = { headers: { 'X-Timing': 'yes' } };
  const first = await proxy.get('/', asking);
  expect(first.headers['server-timing']).toMatch(PARTS);
  const again = (await proxy.get('/', asking)).headers['server-timing'];
  expect(again).toMatch(/^pick;dur=[\d.]+, wait;dur=[\d.]+, total;dur=[\d.]+$/); // the connection was there
  expect((await proxy.get('/')).headers['server-timing']).toBeUndefined();
});

test('for a path, on answers of the proxy itself, too', async () => {
  const one = await backend('one');
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const proxy = await rig(`<Location /timed>
  SetEnv fairlead-server-timing on
</Location>
ProxyPass /timed/none !
ProxyPass /timed/down ${down}
${balancer([one.url])}`);
  const timing = async (path: string) => (await proxy.get(path)).headers['server-timing'];
  expect(await timing('/timed/')).toMatch(PARTS);
  expect(await timing('/timed/none')).toMatch(/^total;dur=/);
  expect(await timing('/timed/down')).toMatch(/^pick;dur=[\d.]+, total;dur=/);
  expect(await timing('/')).toBeUndefined();
});
