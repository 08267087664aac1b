/** Request lines, hosts and field lines, good and bad. */
import { front } from '../../rig.ts';
import { answered, type Probe, refused, served } from '../probe.ts';
import { get, hidden } from './text.ts';

const host = 'Host: x\r\n\r\n';
/** Of each kind of byte that is no part of a name. */
const notInNames = ' \t\0\x01\x7f"(),/;<=>?@[\\]{}\x80\xa0\xff';

function hosts(host: string): string {
  return `GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

function field(line: string): string {
  return `${get}${line}\r\n\r\n`;
}

/** node:http takes it, and nobody can see it any more; the worker gets a line of our own. */
function lax(name: string, bytes: string, forwarded: string, more: Partial<Probe> = {}): Probe {
  return front === 'http' ? served(name, bytes, forwarded, more) : refused(name, 400, bytes);
}

const shown = (c: string) => JSON.stringify(c);

export const lineProbes: readonly Probe[] = [
  served('plain', `GET /x HTTP/1.1\r\n${host}`, 'GET /x', { has: /^GET \/x HTTP\/1\.1\r\nHost: / }),
  served('an empty line before it', `\r\n${get}\r\n`, 'GET /x'),
  served('two empty lines before it', `\r\n\r\n${get}\r\n`, 'GET /x'),
  served('a query', `GET /x?a=b&c=%20 HTTP/1.1\r\n${host}`, 'GET /x?a=b&c=%20'),
  served('a method of WebDAV', `PROPFIND /x HTTP/1.1\r\n${host}`, 'PROPFIND /x'),
  served('absolute form', `GET http://x/x HTTP/1.1\r\n${host}`, 'GET /x'),
  served('absolute form without a path', `GET http://x HTTP/1.1\r\n${host}`, 'GET /'),
  served('absolute form in capitals', `GET HTTP://X/x HTTP/1.1\r\n${host}`, 'GET /x'),
  served('the authority replaces Host', `GET http://other/x HTTP/1.1\r\n${host}`, 'GET /x', {
    has: /X-Forwarded-Host: other\r\n/,
    lacks: /X-Forwarded-Host: x/,
  }),
  served('a target of 8000 bytes', `GET /${'a'.repeat(8000)} HTTP/1.1\r\n${host}`, [
    `GET /${'a'.repeat(8000)}`,
  ]),
  answered('TRACE', 405, `TRACE /x HTTP/1.1\r\n${host}`),
  answered('OPTIONS of the server', 200, `OPTIONS * HTTP/1.1\r\n${host}`),
  refused('LF', 400, `GET /x HTTP/1.1\nHost: x\n\n`),
  refused('CR', 400, `GET /x HTTP/1.1\rHost: x\r\r`),
  refused('LF CR', 400, `GET /x HTTP/1.1\n\rHost: x\n\r\n\r`),
  refused('two CRs', 400, `GET /x HTTP/1.1\r\r\n${host}`),
  lax('two blanks behind the method', `GET  /x HTTP/1.1\r\n${host}`, 'GET /x'),
  lax('two blanks before the version', `GET /x  HTTP/1.1\r\n${host}`, 'GET /x'),
  refused('a blank at the end', 400, `GET /x HTTP/1.1 \r\n${host}`),
  refused('a blank in front', 400, ` GET /x HTTP/1.1\r\n${host}`),
  refused('a tab behind the method', 400, `GET\t/x HTTP/1.1\r\n${host}`),
  refused('a tab before the version', 400, `GET /x\tHTTP/1.1\r\n${host}`),
  refused('a blank in the target', 400, `GET /x y HTTP/1.1\r\n${host}`),
  refused('a request in the target', 400, `GET /x HTTP/1.1 GET /hidden HTTP/1.1\r\n${host}`),
  refused('no target', 400, `GET HTTP/1.1\r\n${host}`),
  refused('no version', 400, `GET /x\r\n${host}`),
  refused('a blank for the version', 400, `GET /x \r\n${host}`),
  refused('HTTP/0.9', 400, 'GET /x\r\n\r\n'),
  refused('HTTP/0.9 that says so', 400, `GET /x HTTP/0.9\r\n${host}`),
  refused('HTTP/1.2', 400, `GET /x HTTP/1.2\r\n${host}`),
  refused('HTTP/1.10', 400, `GET /x HTTP/1.10\r\n${host}`),
  refused('HTTP/01.1', 400, `GET /x HTTP/01.1\r\n${host}`),
  refused('HTTP/1', 400, `GET /x HTTP/1\r\n${host}`),
  refused('HTTP/2.0', 400, `GET /x HTTP/2.0\r\n${host}`),
  refused('HTTP/3.7', 400, `GET /x HTTP/3.7\r\n${host}`),
  refused('HTTP/9.9', 400, `GET /x HTTP/9.9\r\n${host}`),
  refused('http/1.1', 400, `GET /x http/1.1\r\n${host}`),
  refused('HTTP/ 1.1', 400, `GET /x HTTP/ 1.1\r\n${host}`),
  refused('HTTP /1.1', 400, `GET /x HTTP /1.1\r\n${host}`),
  refused('HTTPS/1.1', 400, `GET /x HTTPS/1.1\r\n${host}`),
  lax('RTSP for HTTP/1.0', `GET /x RTSP/1.0\r\n${host}`, 'GET /x', { goesOn: false }),
  lax('ICE for HTTP/1.0', `SOURCE /x ICE/1.0\r\n${host}`, 'SOURCE /x', { goesOn: false }),
  refused('the preface of HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refused('a method nobody knows', 400, `BREW /x HTTP/1.1\r\n${host}`),
  refused('a method in lower case', 400, `get /x HTTP/1.1\r\n${host}`),
  refused('a method with a byte too many', 400, `GETT /x HTTP/1.1\r\n${host}`),
  refused('a method with a colon', 400, `GET: /x HTTP/1.1\r\n${host}`),
  refused('something before the method', 400, `Extra lineGET /x HTTP/1.1\r\n${host}`),
  refused('a long method', 400, `${'A'.repeat(9000)} /x HTTP/1.1\r\n${host}`),
  refused('CONNECT', [400, 405], `CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n`),
  refused('CONNECT without a port', [400, 405], `CONNECT x HTTP/1.1\r\n${host}`),
  refused('CONNECT with a path', [400, 405], `CONNECT /x HTTP/1.1\r\n${host}`),
  refused(
    'CONNECT with a body',
    [400, 405],
    `CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  ),
  refused('a user in the target', 400, `GET http://user@x/x HTTP/1.1\r\n${host}`),
  refused('another scheme', 400, `GET ftp://x/x HTTP/1.1\r\n${host}`),
  refused('no scheme', 400, `GET x/x HTTP/1.1\r\n${host}`),
  refused('GET of the server', 400, `GET * HTTP/1.1\r\n${host}`),
  refused('a fragment', 400, `GET /x#y HTTP/1.1\r\n${host}`),
  refused('a bad escape', 400, `GET /%zz HTTP/1.1\r\n${host}`),
  refused('NUL in the target', 400, `GET /x\0y HTTP/1.1\r\n${host}`),
  answered('NUL in escapes', 404, `GET /x%00 HTTP/1.1\r\n${host}`),
  served('a line end in escapes', `GET /x%0d%0aX-A:%201 HTTP/1.1\r\n${host}`, [
    'GET /x%0D%0AX-A:%201',
  ]),
  answered('a slash in escapes', 404, `GET /x%2Fy HTTP/1.1\r\n${host}`),
  refused('above the root', 400, `GET /../x HTTP/1.1\r\n${host}`),
  refused('TLS', 400, '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'),
  refused('binary', 400, '\x80\x81\xff\xfe\x00\x01\r\n\r\n'),
  refused('NUL', 400, '\0\0\0\0\r\n\r\n'),
  refused('a line of 9000 bytes', 414, `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${host}`),
  refused('a line of 70 000 bytes', [400, 431], `GET /${'a'.repeat(70_000)} HTTP/1.1\r\n${host}`),
];

export const hostProbes: readonly Probe[] = [
  served('a name', hosts('example.com'), 'GET /x', { has: /X-Forwarded-Host: example.com\r\n/ }),
  served('a port', hosts('example.com:8080'), 'GET /x'),
  served('an address', hosts('127.0.0.1'), 'GET /x'),
  served('an IPv6 address', hosts('[::1]:80'), 'GET /x'),
  served('a tab before, no blank', 'GET /x HTTP/1.1\r\nhoSt:\tx\r\n\r\n', 'GET /x'),
  served('HTTP/1.0 without one', 'GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'GET /x'),
  refused('none', 400, 'GET /x HTTP/1.1\r\n\r\n'),
  refused('none, with a body', 400, 'POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc'),
  refused('empty', 400, hosts('')),
  refused('two', 400, `${get}Host: y\r\n\r\n`),
  refused('two of the same', 400, `${get}Host: x\r\n\r\n`),
  refused('two in HTTP/1.0', 400, 'GET /x HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n'),
  refused(
    'two and an absolute target',
    400,
    `GET http://x/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`,
  ),
  refused('a list', 400, hosts('x, y')),
  refused('a user', 400, hosts('user@x')),
  refused('a path', 400, hosts('x/y')),
  refused('a query', 400, hosts('x?y')),
  refused('a fragment', 400, hosts('x#y')),
  refused('a blank', 400, hosts('x y')),
  refused('a scheme', 400, hosts('http://x')),
  refused('quotes', 400, hosts('"x"')),
  refused('markup', 400, hosts('<script>')),
  refused('a line end in escapes', 400, hosts('x%0d%0aX-A:1')),
  refused('a port of letters', 400, hosts('x:abc')),
  refused('a port too large', 400, hosts('x:99999')),
  refused('port 0', 400, hosts('x:0')),
  refused('no port behind the colon', 400, hosts('x:')),
  refused('two ports', 400, hosts('x:80:80')),
  refused('two dots', 400, hosts('x..y')),
  refused('an open bracket', 400, hosts('[::1')),
  refused('bytes beyond ASCII', 400, hosts('\xe4')),
  refused('absolute form without an authority', 400, `GET http:///x HTTP/1.1\r\n${host}`),
  refused('absolute form with a bad authority', 400, `GET http://a%20b/x HTTP/1.1\r\n${host}`),
];

export const fieldProbes: readonly Probe[] = [
  served('no value', field('X-A:'), 'GET /x', { has: /\r\nX-A: ?\r\n/ }),
  served('blanks for a value', field('X-A:   '), 'GET /x', { has: /\r\nX-A: ?\r\n/ }),
  served('blanks around', field('X-A: \t b c \t'), 'GET /x', { has: /\r\nX-A: b c\r\n/ }),
  served('bytes beyond ASCII', field('X-A: \xe4\xff'), 'GET /x', { has: /\r\nX-A: \xe4\xff\r\n/ }),
  served('every character of a name', field("x!#$%&'*+-.^_`|~09A: 1"), 'GET /x'),
  served('the same twice', field('X-A: 1\r\nX-A: 2'), 'GET /x', { has: /\r\nX-A: 1, 2\r\n/ }),
  served('a line end in escapes', field('X-A: %0d%0aX-B: 1'), 'GET /x', { lacks: /^X-B/m }),
  served('90 fields', field(Array.from({ length: 90 }, (_, i) => `X-${i}: 1`).join('\r\n')), [
    'GET /x',
  ]),
  served('a name called __proto__', field('__proto__: 1\r\nconstructor: 2'), 'GET /x', {
    has: /__proto__: 1/,
  }),
  ...Array.from(notInNames, (c) => refused(`${shown(c)} in a name`, 400, field(`X${c}A: 1`))),
  ...Array.from('\0\x01\x07\x08\x0b\x0c\x1b\x1f\x7f', (c) =>
    refused(`${shown(c)} in a value`, 400, field(`X-A: 1${c}2`)),
  ),
  refused('LF in a value', 400, field('X-A: 1\n2')),
  refused('CR in a value', 400, field('X-A: 1\r2')),
  refused('CR before the line end', 400, field('X-A: 1\r')),
  refused('LF for a line end', 400, `${get}X-A: 1\nX-B: 2\r\n\r\n`),
  refused('LF for the blank line', 400, `${get}X-A: 1\r\n\n`),
  refused('LF for both last line ends', 400, `${get}X-A: 1\n\n`),
  refused('CR in front of a field', 400, `${get}\rX-A: 1\r\n\r\n`),
  refused('CR for the blank line', 400, `${get}X-A: 1\r\n\rX`),
  refused('no colon', 400, field('X-A')),
  refused('no name', 400, field(': 1')),
  refused('a blank line of blanks', 400, `${get}  \r\n\r\n`),
  refused('a folded line', 400, field('X-A: 1\r\n 2')),
  refused('a folded line with a tab', 400, field('X-A: 1\r\n\t2')),
  refused('a first line that is folded', 400, 'GET /x HTTP/1.1\r\n Host: x\r\n\r\n'),
  refused('101 fields', 431, field(Array.from({ length: 101 }, () => 'X-A: 1').join('\r\n'))),
  refused('a value of 9000 bytes', 431, field(`X-A: ${'a'.repeat(9000)}`)),
  refused('a name of 9000 bytes', 431, field(`${'a'.repeat(9000)}: 1`)),
  refused(
    'a head of 30 000 bytes',
    431,
    field(Array.from({ length: 30 }, () => `X: ${'a'.repeat(1000)}`).join('\r\n')),
  ),
  refused('20 000 fields', 431, field(Array.from({ length: 20_000 }, () => 'a:').join('\r\n'))),
];
