/** Who the client is by a header of the request, beside httpd's mod_remoteip: told to the worker, logged, let in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasHttpd, linesOf, logFolder, ours, type Start, theirs } from '../observe/sides.ts';
import { backend, balancer, configuration, RawClient, rig } from '../rig.ts';

const internal = 'RemoteIPInternalProxy 127.0.0.1 10.0.0.0/8\n';
const trusted = 'RemoteIPTrustedProxy 127.0.0.1 203.0.113.0/24 2001:db8::/32\n';
const lists: Readonly<Record<string, string>> = {
  internal,
  trusted,
  both: `${internal}RemoteIPTrustedProxy 203.0.113.0/24\n`,
  'both, the other way': `RemoteIPTrustedProxy 203.0.113.0/24\n${internal}`,
  'trusted first where both hold': `RemoteIPTrustedProxy 127.0.0.1\n${internal}`,
  others: 'RemoteIPTrustedProxy 198.51.100.1\n',
  none: '',
  'both, in files':
    'RemoteIPInternalProxyList FILES/internal\nRemoteIPTrustedProxyList FILES/trusted\n',
};

const told: readonly (readonly string[])[] = [
  [],
  ['192.0.2.7'],
  ['  192.0.2.7  '],
  ['10.1.2.3'],
  ['192.0.2.7, 10.1.2.3'],
  ['192.0.2.7, 203.0.113.5'],
  ['192.0.2.7,203.0.113.5,203.0.113.6'],
  ['192.0.2.7, 203.0.113.5, 10.1.2.3'],
  ['192.0.2.7, 10.1.2.3, 203.0.113.5'],
  ['198.51.100.9, 192.0.2.7, 203.0.113.5'],
  ['192.0.2.7', '203.0.113.5'],
  ['172.16.0.1, 203.0.113.5'],
  ['172.32.0.1'],
  ['169.254.1.1'],
  ['192.168.1.1'],
  ['127.0.0.9'],
  ['2001:db8::7'],
  ['2001:DB8:0::7, 203.0.113.5'],
  ['192.0.2.7, 2001:db8::1'],
  ['fe80::1'],
  ['fd00::1, 203.0.113.5'],
  ['::ffff:192.0.2.7'],
  ['192.0.2.7,'],
  ['192.0.2.7, ,203.0.113.5'],
  [',192.0.2.7'],
  ['not/an/address'],
  ['192.0.2.7, not/an/address'],
  ['192.0.2.7, not/an/address, 203.0.113.5'],
  ['192.0.2.7:80'],
  ['[2001:db8::7]'],
  [''],
];

/** Of files that name proxies, with comments, and with several in a line. */
function listFolder(trusted = '203.0.113.0/24'): string {
  const folder = logFolder();
  writeFileSync(join(folder, 'internal'), '# ours\n127.0.0.1\t10.0.0.0/8 # and these\n\n');
  writeFileSync(join(folder, 'trusted'), `2001:db8::/32\n  ${trusted}`);
  return folder;
}

function asking(header: string, values: readonly string[]): string {
  const fields = values.map((value) => `${header}: ${value}\r\n`).join('');
  return `GET / HTTP/1.1\r\nHost: x\r\n${fields}X-By: before\r\nConnection: close\r\n\r\n`;
}

/** Tells what it was told of the client. */
const worker = () =>
  backend('w', ({ headers }, response) => {
    const { 'x-forwarded-for': forwarded, 'x-by': by, 'x-who': who } = headers;
    response.end(JSON.stringify({ forwarded, by, who }));
  });

/** Of each request: the answer, and its line in the log. */
async function outcomes(start: Start, lines: string, header: string): Promise<unknown> {
  const { port, folder } = await start(lines);
  const answers: string[] = [];
  for (const values of told) {
    const text = await new RawClient(port).send(asking(header, values)).end();
    const body = text.startsWith('HTTP/1.1 200') ? text.split('\r\n').at(-1) : '';
    answers.push(`${text.slice(9, 12)} ${body}`);
  }
  const logged = await linesOf(join(folder, 'it'), told.length);
  return told.map((values, i) => [values.join(' | '), answers[i], logged[i]]);
}

describe.skipIf(!hasHttpd)('beside httpd (skipped without it: apt-get install apache2)', () => {
  const cases = Object.keys(lists).flatMap((name) =>
    ['X-Forwarded-For', 'X-Who'].map((header) => [name, header] as const),
  );
  test.each(cases)('proxies: %s; header: %s', async (name, header) => {
    const lines = `ServerName x
LogFormat "%a %h %{c}a %{X-Who}i %{X-Forwarded-For}i" it
CustomLog LOGS/it it
RemoteIPHeader ${header}
RemoteIPProxiesHeader X-By
${lists[name]!.replaceAll('FILES', listFolder())}<Location />
  Require ip 0.0.0.0/1 169.254.0.0/16 172.16.0.0/12 192.0.0.0/8 203.0.113.0/24 2000::/3
</Location>
${balancer([(await worker()).url])}`;
    const expected = await outcomes(theirs, lines, header);
    expect(await outcomes(ours, lines, header)).toEqual(expected);
  });
});

test('what a header of the PROXY protocol says goes before', async () => {
  const log = join(logFolder(), 'it');
  const lines = `CustomLog ${log} "%a %{c}a"\nRemoteIPProxyProtocol On\nRemoteIPHeader X-Who\n${internal}`;
  const r = await rig(lines + balancer([(await worker()).url]));
  const request = asking('X-Who', ['192.0.2.7']);
  for (const header of ['PROXY TCP4 10.0.0.9 127.0.0.1 1 80\r\n', 'PROXY UNKNOWN\r\n']) {
    const address = header.split(' ')[2] ?? '127.0.0.1';
    expect(await new RawClient(r.port).send(header + request).end()).toContain(
      `{"forwarded":"${address}","by":"before","who":"192.0.2.7"}`,
    );
  }
  expect(await linesOf(log, 2)).toEqual(['10.0.0.9 127.0.0.1', '127.0.0.1 127.0.0.1']);
});

test('every request of a connection is from whom it says', async () => {
  const r = await rig(`RemoteIPHeader X-Who\n${internal}${balancer([(await worker()).url])}`);
  const client = new RawClient(r.port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\nX-Who: 192.0.2.7\r\n\r\n');
  await client.until((text) => text.includes('{"forwarded":"192.0.2.7"}'));
  client.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(await client.end()).toContain('{"forwarded":"127.0.0.1"}');
});

test("a virtual host's proxies stand in for the main server's; without any there is a warning", () => {
  const host = '<VirtualHost *:8>\nRemoteIPTrustedProxy 192.0.2.1\n</VirtualHost>\n';
  const { servers } = configuration(`RemoteIPHeader X-Who\n${internal}${host}`);
  expect(servers.map(({ remoteIp }) => remoteIp)).toEqual([
    {
      header: 'X-Who',
      proxiesHeader: null,
      proxies: [{ trust: 'internal', networks: ['127.0.0.1', '10.0.0.0/8'] }],
    },
    {
      header: 'X-Who',
      proxiesHeader: null,
      proxies: [{ trust: 'trusted', networks: ['192.0.2.1'] }],
    },
  ]);
  expect(configuration('RemoteIPHeader X-Who').warnings.map(({ message }) => message)).toEqual([
    'RemoteIPHeader without RemoteIPTrustedProxy or RemoteIPInternalProxy lets anybody say who he is; name the balancers in front.',
  ]);
});

test('what is wrong in a file of proxies is told by its own line; what is right is read from it', () => {
  const folder = listFolder('10.0.0.0/8 gateway.test');
  const lines = `RemoteIPHeader X-Who\nRemoteIPTrustedProxyList ${folder}/`;
  expect(() => configuration(`${lines}trusted`)).toThrow(
    `${folder}/trusted:2:14 RemoteIPTrustedProxyList gateway.test is no address or network`,
  );
  expect(configuration(`${lines}internal`).pemFiles).toEqual([join(folder, 'internal')]);
});
