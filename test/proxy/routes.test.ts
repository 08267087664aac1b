/** Routes of a YAML file by header and cookie, over HTTP/1.1 and HTTP/2, with real sockets at both ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../src/scenario/proxy-config.ts';
import { client, get } from './http2/client.ts';
import { backend, RawClient, Rig, refusingPort } from './rig.ts';
import { Authority, certificateFolder, hasOpenssl } from './tls/certificates.ts';

/** The servers `plain` and `other`, the second for what `conditions` say outside of `/open`. */
async function routed(conditions: string, listen = 'http: 127.0.0.1:PORT'): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-routes-'));
  const file = join(folder, 'proxy.yaml');
  const [plain, other] = [await backend('plain'), await backend('other')];
  const at = listen.replace('PORT', `${await refusingPort()}`);
  writeFileSync(
    file,
    `listen: [ { ${at} } ]
routes:
  - { path: /open, balancer: plain }
  - { path: /, ${conditions}, balancer: other }
  - { path: /, balancer: plain }
balancers:
  plain: { workers: [ { url: "${plain.url}" } ] }
  other: { workers: [ { url: "${other.url}" } ] }
`,
  );
  const rig = new Rig(await startProxy(proxyConfigOf(file)));
  onTestFinished(async () => {
    rig.agent.destroy();
    await rig.proxy.close(0);
    rmSync(folder, { recursive: true });
  });
  return rig;
}

/** Who answers a head with these lines. */
async function whoAnswers(rig: Rig, lines: readonly string[], path = '/'): Promise<string> {
  const head = [`GET ${path} HTTP/1.1`, 'Host: a', 'Connection: close', ...lines].join('\r\n');
  const text = await new RawClient(rig.port).send(`${head}\r\n\r\n`).end();
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

test.each([
  ['none', [], 'plain'],
  ['the value', ['X-Beta: 1'], 'other'],
  ['the name in other letters', ['x-BETA: 1'], 'other'],
  ['blanks around the value', ['X-Beta: \t 1 '], 'other'],
  ['a longer value', ['X-Beta: 11'], 'plain'],
  ['a list that has the value', ['X-Beta: 0, 1'], 'plain'],
  ['several fields, one of them with the value', ['X-Beta: 0', 'X-Beta: 1'], 'other'],
  ['a longer name', ['X-Betas: 1'], 'plain'],
])('a header: %s', async (_, lines, who) => {
  const rig = await routed('header: { X-Beta: "1" }');
  expect(await whoAnswers(rig, lines)).toBe(who);
});

test('values are compared to the letter, beyond ASCII as UTF-8', async () => {
  const rig = await routed('header: { X-Team: Blau-Grün }');
  const bytes = Buffer.from('Blau-Grün', 'utf8').toString('latin1');
  expect(await whoAnswers(rig, [`X-Team: ${bytes}`])).toBe('other');
  expect(await whoAnswers(rig, [`X-Team: ${bytes.toLowerCase()}`])).toBe('plain');
});

test('an empty value is a field without one', async () => {
  const rig = await routed('header: { X-Beta: "" }');
  expect(await whoAnswers(rig, [])).toBe('plain');
  expect(await whoAnswers(rig, ['X-Beta:'])).toBe('other');
});

test.each([
  ['none', [], 'plain'],
  ['alone', ['Cookie: lab=b'], 'other'],
  ['among others', ['Cookie: a=1; lab=b; c=3'], 'other'],
  ['without blanks', ['Cookie: a=1;lab=b;c=3'], 'other'],
  ['in another field', ['Cookie: a=1', 'cookie: lab=b'], 'other'],
  ['twice with different values', ['Cookie: lab=a; lab=b'], 'other'],
  ['another value', ['Cookie: lab=bb'], 'plain'],
  ['a name that ends so', ['Cookie: collab=b'], 'plain'],
  ['the name in other letters', ['Cookie: Lab=b'], 'plain'],
  ['in quotes', ['Cookie: lab="b"'], 'plain'],
  ['inside a value', ['Cookie: a=1, lab=b'], 'plain'],
])('a cookie: %s', async (_, lines, who) => {
  const rig = await routed('cookie: { lab: "b" }');
  expect(await whoAnswers(rig, lines)).toBe(who);
});

test('characters of a cookie mean themselves', async () => {
  const rig = await routed('cookie: { "a.b": "(.*)+" }');
  expect(await whoAnswers(rig, ['Cookie: a.b=(.*)+'])).toBe('other');
  expect(await whoAnswers(rig, ['Cookie: axb=(.*)+'])).toBe('plain');
  expect(await whoAnswers(rig, ['Cookie: a.b=(x)+'])).toBe('plain');
});

test('all conditions of a route have to hold, and earlier routes come first', async () => {
  const rig = await routed('header: { X-Beta: "1", X-Team: red }, cookie: { lab: b, eu: "1" }');
  const all = ['X-Beta: 1', 'X-Team: red', 'Cookie: eu=1; lab=b'];
  expect(await whoAnswers(rig, all)).toBe('other');
  for (const one of all) {
    expect(
      await whoAnswers(
        rig,
        all.filter((line) => line !== one),
      ),
    ).toBe('plain');
  }
  expect(await whoAnswers(rig, [...all.slice(0, 2), 'Cookie: lab=b'])).toBe('plain');
  expect(await whoAnswers(rig, all, '/open/x')).toBe('plain');
});

test('requests of one connection go each where they belong', async () => {
  const rig = await routed('header: { X-Beta: "1" }');
  const headers = { 'X-Beta': '1' };
  const bodies = [await rig.again(), await rig.again('/', { headers }), await rig.again()];
  expect(bodies.map(({ body }) => body)).toEqual(['plain', 'other', 'plain']);
});

const folder = certificateFolder();
beforeAll(() => {
  if (hasOpenssl) new Authority(folder.path, 'authority').issue('a.test');
});
afterAll(() => folder.end());

describe.skipIf(!hasOpenssl)('over HTTP/2', () => {
  test('it is the same', async () => {
    const { path } = folder;
    const pair = `certificate: ${path}/a.test.pem, key: ${path}/a.test.key`;
    const rig = await routed(
      'header: { X-Beta: "1" }, cookie: { lab: b }',
      `https: 127.0.0.1:PORT, ${pair}`,
    );
    const session = client(rig);
    const ask = async (headers: object) => (await get(session, '/', headers)).body;
    expect(await ask({})).toBe('plain');
    expect(await ask({ 'x-beta': '1', cookie: 'lab=b' })).toBe('other');
    expect(await ask({ 'x-beta': '1', cookie: ['a=1', 'lab=b'] })).toBe('other');
    expect(await ask({ 'x-beta': '1', cookie: 'lab=a' })).toBe('plain');
    expect(await ask({ 'x-beta': '2', cookie: 'lab=b' })).toBe('plain');
  });
});
