/** What Prometheus is told: the format, strictly read, and that the numbers are those of what happened. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Exposition } from '../../../src/proxy/observe/exposition.ts';
import {
  backend,
  balancer,
  configuration,
  onFreePorts,
  RawClient,
  type Rig,
  refusingPort,
  rig,
} from '../rig.ts';
import { type Family, parse, sampleValue } from './exposition-parser.ts';

const PAGE = `<Location /metrics>
  SetHandler fairlead-metrics
  Require local
</Location>
ProxyPass /metrics !
`;

async function scraped(proxy: Rig): Promise<Map<string, Family>> {
  const { status, headers, body } = await proxy.get('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parse(body);
}

test('requests, tries, failures, picks and durations are counted where they belong', async () => {
  const one = await backend('one', (message, response) => {
    message.resume();
    response.statusCode = message.url === '/404' ? 404 : 200;
    message.on('end', () => response.end('one'));
  });
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const lines = balancer([`${one.url} route=a`, `${down} route=b retry=600`], 'stickysession=S');
  const proxy = await rig(`${PAGE}ProxyPass /nowhere !\n${lines}`);
  await proxy.get('/', { headers: { Cookie: 'S=x.a' } });
  await proxy.get('/404', { headers: { Cookie: 'S=x.a' } });
  await proxy.get('/', { headers: { Cookie: 'S=x.b' } });
  await proxy.get('/', { method: 'POST', body: 'hello' });
  await proxy.get('/nowhere');
  await new RawClient(proxy.port).send('GET / HTTP/1.1\r\n\r\n').end();
  await new RawClient(proxy.port).send('no request\r\n\r\n').end();
  const told = await scraped(proxy);
  const c = 'balancer://c';
  const value = (name: string, labels: Record<string, string> = {}) =>
    sampleValue(told, `fairlead_${name}`, labels);
  expect(value('requests_total', { balancer: c, code: '200' })).toBe(3);
  expect(value('requests_total', { balancer: c, code: '404' })).toBe(1);
  expect(value('requests_total', { balancer: '', code: '404' })).toBe(1);
  expect(value('requests_total', { balancer: '', code: '400' })).toBe(2);
  expect(value('request_duration_seconds_count', { balancer: c })).toBe(4);
  expect(value('picks_total', { balancer: c, via: 'sticky' })).toBe(3);
  expect(value('picks_total', { balancer: c, via: 'search' })).toBe(2);
  expect(value('worker_tries_total', { worker: one.url })).toBe(4);
  expect(value('worker_tries_total', { worker: down })).toBe(1);
  expect(value('worker_failed_tries_total', { worker: down, cause: 'connectFailed' })).toBe(1);
  expect(value('worker_failed_tries_total', { worker: one.url, cause: 'connectFailed' })).toBe(0);
  expect(value('worker_responses_total', { worker: one.url, code: '2xx' })).toBe(3);
  expect(value('worker_responses_total', { worker: one.url, code: '4xx' })).toBe(1);
  expect(value('worker_first_byte_duration_seconds_count', { worker: one.url })).toBe(4);
  const connections = value('worker_connect_duration_seconds_count', { worker: one.url })!;
  expect(connections).toBeGreaterThan(0);
  expect(value('worker_connections', { worker: one.url, state: 'idle' })).toBe(connections);
  expect(value('worker_elected_total', { worker: one.url })).toBe(proxy.column('elected')[0]);
  expect(value('worker_status', { worker: down, flag: 'E' })).toBe(1);
  expect(value('worker_usable', { worker: down })).toBe(0);
  expect(value('worker_busy', { worker: one.url })).toBe(0);
  expect(value('unserved_requests_total', { balancer: c })).toBe(0);
  expect(value('requests_open', { balancer: c })).toBe(0);
  expect(value('balancer_info', { balancer: c, lbmethod: 'byrequests' })).toBe(1);
  expect(value('client_received_bytes_total')).toBeGreaterThan(200);
  expect(value('limit', { limit: 'header_fields' })).toBe(100);
  expect(value('config_generation')).toBe(1);
  expect(value('event_loop_delay_seconds', { quantile: '0.99' })).toBeGreaterThanOrEqual(0);
});

test('nobody to pick, requests under way, and connections are told', async () => {
  const held = await backend('held', () => {});
  const lines = balancer([`${held.url} status=+D`]);
  const proxy = await rig(
    `${PAGE}<Proxy balancer://h>\nBalancerMember ${held.url}\n</Proxy>\nProxyPass /h balancer://h/\n${lines}`,
  );
  expect((await proxy.get('/')).status).toBe(503);
  const client = new RawClient(proxy.port).send('GET /h HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => held.seen, { timeout: 20_000 }).toBe(1);
  const told = await scraped(proxy);
  expect(sampleValue(told, 'fairlead_unserved_requests_total', { balancer: 'balancer://c' })).toBe(
    1,
  );
  expect(sampleValue(told, 'fairlead_requests_open', { balancer: 'balancer://h' })).toBe(1);
  const labels = { balancer: 'balancer://h', worker: held.url };
  expect(sampleValue(told, 'fairlead_worker_busy', labels)).toBe(1);
  expect(sampleValue(told, 'fairlead_worker_connections', { ...labels, state: 'in_use' })).toBe(1);
  expect(sampleValue(told, 'fairlead_client_connections')).toBeGreaterThanOrEqual(2);
  client.socket.destroy();
  await proxy.idle();
  const requests = { balancer: 'balancer://h', code: 'none' };
  expect(sampleValue(await scraped(proxy), 'fairlead_requests_total', requests)).toBe(1);
});

test('counters go on over a reload, whatever the order of the members is', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const proxy = await rig(`${PAGE}${balancer([a.url, b.url])}`);
  await proxy.get();
  await proxy.get();
  await proxy.get();
  const config = configuration(`${PAGE}${balancer([b.url, a.url])}`);
  await proxy.proxy.reload(onFreePorts(config));
  const told = await scraped(proxy);
  expect(sampleValue(told, 'fairlead_worker_tries_total', { worker: a.url })).toBe(2);
  expect(sampleValue(told, 'fairlead_worker_tries_total', { worker: b.url })).toBe(1);
  expect(sampleValue(told, 'fairlead_config_generation')).toBe(2);
});

test('balancers of one name in two virtual hosts are told apart', async () => {
  const one = await backend('one');
  const site = (name: string) => `<VirtualHost *:*>
  ServerName ${name}
${PAGE}${balancer([one.url])}ProxyPass /alone/ ${one.url}/
</VirtualHost>
`;
  const proxy = await rig(site('a') + site('b'));
  for (const host of ['a', 'b', 'b']) await proxy.get('/', { headers: { Host: host } });
  const told = await scraped(proxy);
  const elected = (balancer: string) =>
    sampleValue(told, 'fairlead_worker_elected_total', { balancer });
  expect([elected('balancer://c'), elected('balancer://c#2')]).toEqual([1, 2]);
  const tries = (balancer: string) =>
    sampleValue(told, 'fairlead_worker_tries_total', { balancer });
  expect([tries('balancer://c'), tries('balancer://c#2')]).toEqual([1, 2]);
});

test('names and texts that need escaping', () => {
  const out = new Exposition()
    .metric('a_total', 'counter', 'back\\slash, line\nfeed')
    .sample({ text: 'say "hi"\\\n' }, 1e21)
    .metric('b', 'gauge', 'none')
    .sample({}, Number.NaN)
    .sample({ x: '1' }, Number.NEGATIVE_INFINITY);
  const told = parse(out.text);
  expect(told.get('a_total')?.help).toBe('back\\\\slash, line\\nfeed');
  expect(told.get('a_total')?.samples[0]).toEqual({
    name: 'a_total',
    labels: { text: 'say "hi"\\\n' },
    value: 1e21,
  });
  expect(told.get('b')?.samples.map(({ value }) => value)).toEqual([Number.NaN, -Infinity]);
});

test('the parser of these tests refuses what the format forbids', () => {
  const wrong = [
    '# TYPE a gauge\na 1\n',
    '# HELP a b\n# TYPE a gauge\na 1\na 1\n',
    '# HELP a b\n# TYPE a counter\na 1\n',
    '# HELP a b\n# TYPE a gauge\nb 1\n',
    '# HELP a b\n# TYPE a gauge\na{x="\\q"} 1\n',
    '# HELP a b\n# TYPE a gauge\na{x="1",x="2"} 1\n',
    '# HELP a b\n# TYPE a gauge\na 1',
    '# HELP a b\n# TYPE a gauge\na one\n',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    '# HELP a b\n# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n',
  ];
  for (const text of wrong) expect(() => parse(text), text).toThrow();
});

function promtool(): string | null {
  try {
    return execFileSync('which', ['promtool'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

const tool = promtool();
test.skipIf(tool === null)('promtool finds nothing to say (skipped without it)', async () => {
  const one = await backend('one');
  const proxy = await rig(`${PAGE}${balancer([one.url])}`);
  await proxy.get();
  const { body } = await proxy.get('/metrics');
  expect(execFileSync(tool!, ['check', 'metrics'], { input: body, encoding: 'utf8' })).toBe('');
});
