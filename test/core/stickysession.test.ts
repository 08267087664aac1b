/** From the text of a request to a route: the tables of the specification (4.2, 4.3, 4.4), row by row. */
import { describe, expect, test } from 'vitest';
import { Balancer, lbmethods, requestRoute, type StickySession } from '../../src/core/index.ts';

const SID: StickySession = { cookie: 'SID', path: 'SID', separator: '.', scolonpathdelim: false };
const semicolons = { ...SID, scolonpathdelim: true };

/** The URL as the balancer sees it; its path has been decoded. */
const target = (path: string) => `balancer://name${path}`;
const inUrl = (path: string, sticky = SID) => requestRoute(sticky, target(path), null).route;
const inCookie = (cookies: string, sticky = SID) =>
  requestRoute(sticky, target('/'), cookies).route;

describe('in the URL', () => {
  test.each([
    ['/x?SID=abc.r3', 'r3'],
    ['/x?a=1&SID=abc.r3&b=2', 'r3'],
    ['/x;SID=abc.r3', 'r3'],
    ['/x;SID=abc.r3?y=1', 'r3'],
    ['/x?XSID=abc.r3', 'r3'], // no boundary check before the name
    ['/x?y=SID=abc.r3', 'r3'],
    [decodeURIComponent('/x%3BSID=abc.r3'), 'r3'], // the path is decoded
    ['/x?SID=abc%2Er3', null], // the query is not
    ['/x;SID=abc.r3;z=1', 'r3;z=1'],
    ['/x;SID=abc.r3/y', 'r3/y'],
    ['/x?SID=&SID=abc.r3', 'r3'], // leading delimiters are skipped
    ['/x?SID=&a.r3', 'r3'],
    ['/x?SIDSID=a.r3', null], // the search resumes one character behind the one that was not `=`
    ['/x?SIDxSID=a.r3', 'r3'],
    ['/x?SID', null],
    ['/x?SID=', null],
    ['/x?SID=&&', null],
    ['/x?sid=abc.r3', null],
    ['/x', null],
  ])('%s leads to %s', (path, route) => {
    expect(inUrl(path)).toBe(route);
  });

  test.each([
    ['/x;SID=abc.r3;z=1', 'r3'],
    ['/x;SID=abc.r3/y', 'r3/y'],
    ['/x;SID=?a.r2', 'r2'],
    ['/x;SID=;;', null],
    ['/x?SID=&SID=abc.r3', 'r3'],
  ])('with scolonpathdelim %s leads to %s', (path, route) => {
    expect(inUrl(path, semicolons)).toBe(route);
  });
});

describe('in the Cookie header', () => {
  test.each([
    ['SID=abc.r3', 'r3'],
    ['a=1;SID=abc.r3', 'r3'],
    ['a=1,SID=abc.r3', 'r3'],
    ['a=1\tSID=abc.r3', 'r3'],
    ['SID = abc.r3', 'r3'],
    ['SID= abc.r3', 'r3'],
    ['SIDX=a.r2; SID=abc.r3', 'r3'],
    ['XSID=a.r2; SID=abc.r3', 'r3'],
    ['SID=.r3', 'r3'],
    ['SID=abc.r3,x', 'r3'],
    ['SID="abc.r3"', 'r3"'],
    ['SID=abc.r3 ; q=1', 'r3 '],
    ['SID=abc.r%33', 'r%33'],
    ['SID=abc.R3', 'R3'],
    ['SID=; SID=abc.r3', null], // the first match decides, whatever it holds
    ['SID=abc; SID=x.r3', null],
    ['SID=abc.', ''],
    ['sid=abc.r3', null],
    ['XSID=abc.r3', null],
    ['SID;SID=a.r3', null], // the search resumes two characters behind the name
    ['SID SID=a.r3', null],
    ['SID; SID=a.r3', 'r3'],
    ['SID=', null],
    ['', null],
  ])('%s leads to %j', (cookies, route) => {
    expect(inCookie(cookies)).toBe(route);
  });
});

describe('URL and cookie together', () => {
  test.each<[string, string, string | null, string]>([
    ['/x?SID=', 'SID=q.r3', 'r3', 'no value in the URL: the cookie is used'],
    ['/x?SID=&', 'SID=q.r3', 'r3', 'only delimiters: the cookie is used'],
    ['/x;SID=abc', 'SID=q.r3', null, 'a URL value without separator hides the cookie'],
    ['/x;SID=abc.', 'SID=q.r3', '', 'an empty route hides the cookie'],
    ['/x?SID=a.r1', 'SID=q.r3', 'r1', 'the URL wins'],
    ['/x', 'SID=q.r3', 'r3', 'the cookie alone'],
  ])('%s with cookie %s leads to %j: %s', (path, cookies, route) => {
    expect(requestRoute(SID, target(path), cookies).route).toBe(route);
  });

  test('the name that carried the route is told; without a route there is none', () => {
    const sticky = { ...SID, cookie: 'C', path: 'p' };
    expect(requestRoute(sticky, target('/x?p=a.r1'), 'C=b.r2').from).toBe('p');
    expect(requestRoute(sticky, target('/x'), 'C=b.r2').from).toBe('C');
    expect(requestRoute(sticky, target('/x?C=a.r1'), 'p=b.r2')).toEqual({
      route: null,
      from: null,
    });
    expect(requestRoute(sticky, target('/x?p=a'), null)).toEqual({ route: null, from: null });
  });
});

describe('from value to route', () => {
  test.each([
    ['.', 'abc.a.r3', 'a.r3'], // behind the first separator: a route may hold one, a session id may not
    ['.', 'abc', null],
    ['.', 'abc.', ''],
    ['!', 'abc.x!r3', 'r3'],
    ['', 'abc.r3', 'abc.r3'], // `Off`: the whole value
    ['', '.', '.'],
  ])('separator "%s", value %s: %j', (separator, value, route) => {
    const sticky = { ...SID, separator };
    expect(inCookie(`SID=${value}`, sticky)).toBe(route);
    expect(inUrl(`/?SID=${value}`, sticky)).toBe(route);
  });
});

describe('names', () => {
  const namesOf = (stickysession: string) => {
    const balancer = new Balancer({ lbmethod: lbmethods[0], workers: [{}], stickysession });
    const { cookie, path } = balancer.stickysession ?? {};
    return [cookie, path];
  };
  test.each([
    ['NAME', 'NAME', 'NAME'],
    ['A|B', 'A', 'B'],
    ['A|B|C', 'A', 'B|C'],
    ['n'.repeat(64), 'n'.repeat(63), 'n'.repeat(63)],
    [`${'c'.repeat(70)}|${'p'.repeat(70)}`, 'c'.repeat(63), 'p'.repeat(63)],
    ['', undefined, undefined],
    ['|B', undefined, undefined], // sticky only with a cookie name
  ])('stickysession=%s', (value, cookie, path) => {
    expect(namesOf(value)).toEqual([cookie, path]);
  });
});
