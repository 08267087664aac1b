/** When two URLs are one member (spec: httpd 9.2), and how URLs are taken apart. */
import { describe, expect, it } from 'vitest';
import { memberUrl, sameMember } from '../../src/config/members.ts';
import { balancerWith, conf, warningsOf } from './conf.ts';

const members = (...urls: string[]) => urls.map((url) => `BalancerMember ${url}`).join('\n');

describe('members', () => {
  it.each([
    ['http://h/a', 'http://h/ab', ['http://h/a']],
    ['http://h', 'http://h/x', ['http://h']],
    ['http://h', 'http://h/', ['http://h']],
    ['http://h:80', 'HTTP://H', ['http://h']],
    ['http://h/x', 'http://h', ['http://h/x', 'http://h']],
    ['http://h/', 'http://h', ['http://h/', 'http://h']],
    ['http://h', 'http://ha', ['http://h', 'http://ha']],
    ['http://h', 'http://h:8080', ['http://h', 'http://h:8080']],
    ['http://h/A', 'http://h/a', ['http://h/A', 'http://h/a']],
    ['unix:/a|http://h', 'unix:/b|http://h', ['http://h']],
    ['ws://h', 'http://h', ['ws://h', 'http://h']],
  ])('%s, then %s', (first, then, names) => {
    const { workers } = balancerWith(members(first, then));
    expect(workers.map(({ name }) => name)).toEqual(names);
  });

  it('of one URL: the second one’s parameters are ignored, with a warning', () => {
    const text = `<Proxy balancer://c>\n${members('http://h/a route=1', 'http://h/ab route=2 bogus=x')}\n</Proxy>`;
    expect(conf(text).balancers[0]!.workers).toMatchObject([{ name: 'http://h/a', route: '1' }]);
    expect(warningsOf(text)).toEqual([
      "BalancerMember http://h/ab is the same member as http://h/a (line 2), because its URL begins with that one's; no member is added. Its parameters are ignored: route=2 bogus=x.",
    ]);
  });

  it('of one URL in two balancers are two members', () => {
    const { balancers } = conf(
      'BalancerMember balancer://a http://h\nBalancerMember balancer://b http://h/x',
    );
    expect(balancers.map(({ workers }) => workers.length)).toEqual([1, 1]);
  });
});

describe('memberUrl', () => {
  it.each([
    ['HTTP://Host.Example:80/Path', { name: 'http://host.example/Path', port: 80, path: '/Path' }],
    ['http://h:', { name: 'http://h', port: 80, path: '' }],
    ['http://h:8080/', { name: 'http://h:8080/', port: 8080, path: '/' }],
    ['http://[::1]:81/x', { name: 'http://[::1]:81/x', host: '::1', port: 81 }],
    ['ws://h', { name: 'ws://h', scheme: 'ws', port: 80 }],
    ['unix:/run/a.sock|http://h/x', { name: 'http://h/x', socket: '/run/a.sock', host: 'h' }],
    ['unix:/run/a.sock|http:', { name: 'http://localhost', socket: '/run/a.sock' }],
  ])('%s', (text, parts) => {
    expect(memberUrl(text)).toMatchObject(parts);
  });

  it('refuses names beyond 383 characters', () => {
    const path = 'p'.repeat(383 - 'http://h/'.length);
    expect(memberUrl(`http://h/${path}`).name).toHaveLength(383);
    expect(() => memberUrl(`http://h/${path}p`)).toThrow('longer than 383');
  });
});

describe('sameMember', () => {
  it('takes the longest name that fits', () => {
    const known = [{ name: 'http://h' }, { name: 'http://h/a/b' }, { name: 'http://h/a' }];
    expect(sameMember(known, 'http://h/a/bc')).toBe(known[1]);
    expect(sameMember(known, 'http://h/x')).toBe(known[0]);
    expect(sameMember(known, 'http://i')).toBeUndefined();
  });
});
