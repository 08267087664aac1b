/** A second lbmethod beside the first: what it counts, and that the first never notices. */
import { expect, test } from 'vitest';
import { type LbMethod, lbmethods } from '../../../src/core/index.ts';
import { ask, backend, balancer, configuration, onFreePorts, RawClient, rig } from '../rig.ts';

const method = (name: string) => lbmethods.find((one) => one.name === name) as LbMethod;

const members = async () => {
  const backends = [await backend('a'), await backend('b'), await backend('c')];
  return backends.map(({ url }, i) => `${url} route=r${i} loadfactor=${i + 1}`);
};

test('the first one decides and draws as if it were alone, whoever is beside it', async () => {
  const lines = await members();
  for (const first of ['random', 'byrequests', 'bytraffic']) {
    const picks: string[] = [];
    for (const shadow of [null, 'random', 'bybusyness', 'p2c']) {
      const options = shadow === null ? {} : { shadow: method(shadow) };
      const proxy = await rig(balancer(lines, `lbmethod=byrequests`), options);
      proxy.core.manage({ lbmethod: first });
      const seen: string[] = [];
      for (let i = 0; i < 30; i++) seen.push((await proxy.again()).body);
      picks.push(`${seen.join('')} ${proxy.column('elected')} ${proxy.column('lbstatus')}`);
      expect(proxy.proxy.shadow.length).toBe(shadow === null ? 0 : 1);
    }
    expect(new Set(picks).size, first).toBe(1);
  }
});

test('beside itself it agrees always; beside another one the numbers add up', async () => {
  const lines = await members();
  const same = await rig(balancer(lines), { shadow: method('byrequests') });
  for (let i = 0; i < 12; i++) await same.again();
  expect(same.proxy.shadow).toMatchObject([{ picks: 12, alike: 12, bySession: 0 }]);
  expect(
    same.proxy.shadow[0]!.workers.map(({ first, shadow, both }) => [first, shadow, both]),
  ).toEqual(same.column('elected').map((count) => [count, count, count]));

  const proxy = await rig(balancer(lines), { shadow: method('first') });
  for (let i = 0; i < 12; i++) await proxy.again();
  const [report] = proxy.proxy.shadow;
  // All of them fit on the first member, one after the other.
  expect(report!.workers.map(({ shadow }) => shadow)).toEqual([12, 0, 0]);
  expect(report!.workers.map(({ first }) => first)).toEqual(proxy.column('elected'));
  expect(report).toMatchObject({ lbmethod: 'byrequests', shadow: 'first', picks: 12 });
  expect(report!.alike).toBe(proxy.column('elected')[0]);
});

test('requests of members that a reload takes away stay counted', async () => {
  const [a, b] = await members();
  const served = await rig(balancer([a!, b!]), { shadow: method('byrequests') });
  for (let i = 0; i < 6; i++) await served.again();
  await served.proxy.reload(onFreePorts(configuration(balancer([a!]))));
  for (let i = 0; i < 4; i++) await served.again();
  expect(served.proxy.shadow).toMatchObject([{ picks: 10, alike: 10 }]);
});

test('its busy is that of the real requests at its own choices', async () => {
  const held = await backend('held', () => {});
  const other = await backend('other', () => {});
  // The first one gives everything to its first member; bybusyness spreads what is under way.
  const lines = balancer([`${held.url}`, `${other.url}`]);
  const proxy = await rig(lines, { shadow: method('bybusyness') });
  proxy.core.manage({ lbmethod: 'first' });
  const clients: RawClient[] = [];
  for (let i = 0; i < 4; i++) {
    clients.push(new RawClient(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    await expect.poll(() => held.seen + other.seen, { timeout: 20_000 }).toBe(i + 1);
  }
  const shadows = () => proxy.proxy.shadow[0]!.workers.map(({ shadow }) => shadow);
  expect(proxy.column('busy')).toEqual([4, 0]);
  expect(shadows()).toEqual([2, 2]);
  for (const { socket } of clients) socket.destroy();
  await proxy.idle();
  // Nothing is under way: ties go by turns again, so the next two are one each.
  for (let i = 0; i < 2; i++) {
    const client = new RawClient(proxy.port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => held.seen + other.seen, { timeout: 20_000 }).toBe(5 + i);
    client.socket.destroy();
    await proxy.idle();
  }
  expect(shadows()).toEqual([3, 3]);
});

test('sessions are counted apart; members that are out are out for both', async () => {
  const lines = await members();
  const proxy = await rig(balancer(lines, 'stickysession=S'), { shadow: method('byrequests') });
  for (let i = 0; i < 3; i++) await proxy.get('/', { headers: { Cookie: 'S=x.r1' } });
  expect(proxy.proxy.shadow).toMatchObject([{ picks: 0, alike: 0, bySession: 3 }]);
  proxy.core.manageWorker(0, { status: { D: true } });
  proxy.core.manageWorker(1, { route: 'other' });
  for (let i = 0; i < 6; i++) await proxy.get();
  await proxy.get('/', { headers: { Cookie: 'S=x.other' } });
  const [report] = proxy.proxy.shadow;
  expect(report).toMatchObject({ picks: 6, bySession: 4 });
  expect(report!.workers[0]).toMatchObject({ first: 0, shadow: 0 });
});

test('status and metrics tell of it', async () => {
  const lines = await members();
  const pages = ['status', 'metrics'].map(
    (name) =>
      `ProxyPass /${name} !\n<Location /${name}>\nSetHandler fairlead-${name}\n</Location>\n`,
  );
  const proxy = await rig(pages.join('') + balancer(lines), { shadow: method('byrequests') });
  await proxy.get();
  const { shadow } = JSON.parse((await proxy.get('/status')).body);
  expect(shadow).toMatchObject([{ balancer: 'balancer://c', shadow: 'byrequests', alike: 1 }]);
  expect((await ask(proxy.port, '/metrics')).body).toContain(
    'fairlead_shadow_picks_total{balancer="balancer://c",shadow="byrequests",result="alike"} 1\n',
  );
});
