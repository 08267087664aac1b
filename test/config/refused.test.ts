import { expect, it } from 'vitest';
import { problemsOf } from './conf.ts';
import { refused } from './refused.ts';

it.each(refused)('%s', (marked, code, message) => {
  const at = marked.indexOf('»');
  const before = marked.slice(0, at);
  const place = { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
  const problems = problemsOf(marked.replace('»', ''));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ ...place, code, message, severity: 'error' });
  expect(problems[0]!.source).toBe(marked.replace('»', '').split('\n')[place.line - 1]);
});

it('tells every problem at once, in order of their places', () => {
  const problems = problemsOf(
    'Timeout 0\n<Proxy balancer://c>\nBalancerMember http://a retry=-1 lbset=100\n</Proxy>\nFoo\n',
  );
  expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([
    '1:9',
    '3:25',
    '3:34',
    '5:1',
  ]);
});
