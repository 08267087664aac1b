/** A second lbmethod beside the first, for all threads together. */
import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import type { ShadowReport } from '../../../src/proxy/observe/shadow.ts';
import { backend, balancer, RawClient } from '../rig.ts';
import { lbmethodFile, listening, patient, type ThreadsRig, threadsRig } from './threads-rig.ts';

const pages = `ProxyPass /status !
ProxyPass /metrics !
<Location /status>
  SetHandler fairlead-status
</Location>
<Location /metrics>
  SetHandler fairlead-metrics
</Location>
`;

const byrequests = { name: 'byrequests', file: null };

async function members(): Promise<string[]> {
  const backends = await Promise.all(['a', 'b', 'c'].map((name) => backend(name)));
  return backends.map(({ url }, i) => `${url} route=r${i} loadfactor=${i + 1}`);
}

async function shown(r: ThreadsRig): Promise<ShadowReport> {
  const [report] = JSON.parse((await r.get('/status')).body).shadow;
  return report;
}

const given = ({ workers }: ShadowReport, by: 'first' | 'shadow') => workers.map((one) => one[by]);

test('beside itself it gives every member as much, and the same requests when they come one by one', async () => {
  const r = await threadsRig(pages + balancer(await members()), byrequests, byrequests);
  for (let i = 0; i < 30; i++) await r.get();
  await r.idle();
  expect(await shown(r)).toMatchObject({ picks: 30, alike: 30 });
  await r.load(90, 8);
  await r.idle();
  const report = await shown(r);
  expect(report.picks).toBe(120);
  expect(given(report, 'first')).toEqual([20, 40, 60]);
  expect(given(report, 'shadow')).toEqual([20, 40, 60]);
  const { body } = await r.get('/metrics');
  expect(body).toMatch(/^fairlead_shadow_worker_picks_total{.*by="shadow"} 60$/m);
  await r.proxy.close();
  expect(r.proxy.shadow).toEqual([report]);
});

test('its busy is that of all threads, and what it has counted goes on over a reload', async () => {
  const held: ServerResponse[] = [];
  const both = await Promise.all(
    ['a', 'b'].map((name) =>
      backend(name, (message, response) => {
        if (message.url === '/wait') held.push(response);
        else response.end(name);
      }),
    ),
  );
  // Gives everything to the first member that is busy with fewer than four.
  const shadow = lbmethodFile(`export default {
  name: 'four',
  summary: 'four each',
  source: 'this test',
  elect({ busy }, { ids, count }) {
    for (let i = 0; i < count; i++) if (busy[ids[i]] < 4) return ids[i];
    return ids[0];
  },
};`);
  const lines = pages + balancer(both.map(({ url }) => url));
  const r = await threadsRig(lines, byrequests, shadow);
  const wait = () => new RawClient(r.port).send('GET /wait HTTP/1.1\r\nHost: x\r\n\r\n');
  const clients = Array.from({ length: 6 }, wait);
  await vi.waitUntil(() => held.length === 6, patient);
  expect(given(await shown(r), 'shadow')).toEqual([4, 2]);
  for (const response of held.splice(0)) response.end('late');
  for (const client of clients) await client.until((text) => text.includes('late'));
  await r.idle();
  await r.proxy.reload(listening(lines));
  expect(given(await shown(r), 'shadow')).toEqual([4, 2]);
});
