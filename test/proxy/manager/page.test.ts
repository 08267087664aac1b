/** What is ours on the manager's page: words, one-click changes, undo, preview, escaping, and who gets in. */
import { expect, test } from 'vitest';
import { type Asking, backend, balancer, rig } from '../rig.ts';
import { shop } from './sides.ts';

const LOCAL = { Referer: 'http://127.0.0.1/balancer-manager' };
const post = (body: string): Asking => ({ method: 'POST', headers: LOCAL, body });

async function made(set?: string) {
  const { lines, urls } = await shop(set);
  const r = await rig(lines);
  const page = (asking?: Asking) => r.get('/balancer-manager', asking);
  return {
    r,
    urls,
    page,
    member: (i: number, set: string) => page(post(`b=shop&w=${urls[i]}&nonce=abc&${set}`)),
  };
}

/** Fields of the form with that button, as a browser would send them. */
function buttonFields(html: string, label: string): string {
  const form = html.split('<form ').find((text) => text.includes(`>${label}</button>`))!;
  const inputs = [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)];
  return new URLSearchParams(
    inputs.map(([, name, value]): [string, string] => [name!, value!]),
  ).toString();
}

test('a balancer without a nonce has one that only the page knows', async () => {
  const { r, urls, page } = await made('growth=1');
  const [, nonce] = /b=shop&amp;nonce=([0-9a-f-]{36})/.exec((await page()).body)!;
  await page(post(`b=shop&w=${urls[0]}&nonce=guess&w_status_D=1`));
  expect(r.flags[0]).toBe('');
  await page(post(`b=shop&w=${urls[0]}&nonce=${nonce}&w_status_D=1`));
  expect(r.flags[0]).toBe('D');
});

test('drain with one click, undo with another', async () => {
  const { r, page } = await made();
  const drained = await page(post(buttonFields((await page()).body, 'Drain')));
  expect(r.flags[0]).toBe('N');
  expect(drained.body).toContain('draining: only sessions that are here already');
  expect(drained.body).toContain('w_status_N was 0');
  await page(post(buttonFields(drained.body, 'Undo')));
  expect(r.flags[0]).toBe('');
});

test('undo of a whole form puts back what differs, and leaves the rest', async () => {
  const { r, urls, page, member } = await made();
  const changed = await member(1, 'w_lf=5&w_ls=0&w_wr=%2525zz&w_status_H=1&w_hm=GET');
  expect(r.core.routeOf(1)).toBe('%zz');
  expect(changed.body).not.toContain('w_ls was');
  await page(post(buttonFields(changed.body, 'Undo')));
  expect([r.core.routeOf(1), r.flags[1], r.core.workers.lbfactor[1]]).toEqual(['n2', '', 200]);
  const again = await page({ headers: LOCAL });
  expect(again.body).toContain(
    `<td><a href="/balancer-manager?b=shop&amp;w=${urls[1]}&amp;nonce=abc">`,
  );
});

test('a preview tells the shares and changes nothing', async () => {
  const { r, member } = await made();
  const shown = await member(0, 'w_lf=6&preview=1');
  const cells = [...shown.body.matchAll(/<td>([\d.]+ %)<\/td>/g)].map(([, cell]) => cell);
  expect(cells).toEqual(['33.3 %', '75.0 %', '66.7 %', '25.0 %']);
  expect([...r.core.workers.lbfactor].slice(0, 2)).toEqual([100, 200]);
  expect(r.column('elected')).toEqual([0, 0, 0, 0]);
});

test('a disabled member takes no share in the preview, a new one none until it is enabled', async () => {
  const { r, page, member } = await made();
  expect((await member(0, 'w_status_D=1&preview=1')).body).toContain(
    '<td>33.3 %</td><td>0.0 %</td>',
  );
  const added = await page(post('b=shop&nonce=abc&b_wyes=1&b_nwrkr=http%3A%2F%2F127.0.0.1%3A9'));
  expect(added.body).toContain('disabled: gets no requests');
  expect(r.flags).toEqual(['', '', 'D', '']);
});

test('a member that was added serves, and has its health checked if asked', async () => {
  const { r, page } = await made();
  const added = await backend('new');
  await page(post(`b=shop&nonce=abc&b_wyes=1&b_nwrkr=${added.url}`));
  const set = `b=shop&w=${added.url}&nonce=abc&w_status_D=0&w_wr=n9&w_hm=GET&w_hi=100&w_hu=/up`;
  await page(post(set));
  await expect.poll(() => added.seen, { timeout: 20_000 }).toBeGreaterThan(1);
  const { body } = await r.get('/', { headers: { Cookie: 'ROUTEID=.n9' } });
  expect(body).toBe('new');
});

test.each([
  ['S', 'stopped: gets no requests'],
  ['D', 'disabled: gets no requests'],
  ['C', 'out: its health check failed'],
  ['N', 'draining: only sessions that are here already'],
  ['R', 'hot spare: serves for a member that is out'],
  ['H', 'hot standby: serves when no other member can'],
])('the state in words: %s', async (flag, words) => {
  const { member } = await made();
  expect((await member(0, `w_status_${flag}=1`)).body).toContain(words);
});

test('a member in error tells when it is tried again', async () => {
  const lost = await backend('lost');
  const other = await backend('other');
  const manager = '<Location /m>\nSetHandler balancer-manager\n</Location>';
  const r = await rig(
    `ProxyPass /m !\n${balancer([`${lost.url} retry=60`, other.url], '', manager)}`,
  );
  await lost.down();
  await r.get('/');
  expect((await r.get('/m')).body).toMatch(/in error: tried again in (59|60) s/);
});

test('everything is escaped, and only the page’s own script and style run', async () => {
  const a = await backend('a');
  const manager = '<Location /m>\nSetHandler balancer-manager\n</Location>';
  const r = await rig(`ProxyPass /m !\n${balancer([`${a.url} route=<b>"&`], '', manager)}`);
  const page = await r.get('/m', { headers: { Host: 'x"><script>' } });
  expect(page.status).toBe(400);
  const { body, headers } = await r.get('/m');
  expect(body).toContain('&lt;b&gt;&quot;&amp;');
  expect(body).not.toContain('<b>');
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-/);
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect((await r.get('/m', { method: 'HEAD' })).body).toBe('');
  expect((await r.get('/m', { method: 'DELETE' })).status).toBe(405);
});

test('Require decides who gets in', async () => {
  const a = await backend('a');
  const manager = '<Location /m>\nSetHandler balancer-manager\nRequire ip 192.0.2.1\n</Location>';
  const r = await rig(`ProxyPass /m !\n${balancer([a.url], 'nonce=abc', manager)}`);
  expect((await r.get('/m')).status).toBe(403);
  expect((await r.get('/m/api/v1/balancers')).status).toBe(403);
  expect((await r.get('/m', post(`b=c&w=${a.url}&nonce=abc&w_status_D=1`))).status).toBe(403);
  expect(r.flags).toEqual(['']);
});

test('a virtual host shows its own balancers and those it inherits', async () => {
  const [a, b] = [await backend('a'), await backend('b')];
  const manager = '<Location /m>\nSetHandler balancer-manager\n</Location>';
  const r = await rig(`
<Proxy balancer://all>
BalancerMember ${a.url}
</Proxy>
<VirtualHost *:*>
ServerName one.example
<Proxy balancer://one>
BalancerMember ${b.url}
</Proxy>
ProxyPass /one/ balancer://one/
${manager}
</VirtualHost>
<VirtualHost *:*>
ServerName two.example
${manager}
</VirtualHost>`);
  const shown = async (host: string) =>
    [...(await r.get('/m', { headers: { Host: host } })).body.matchAll(/balancer:\/\/(\w+)</g)].map(
      ([, name]) => name,
    );
  expect(await shown('one.example')).toEqual(['all', 'one']);
  expect(await shown('two.example')).toEqual(['all']);
});
