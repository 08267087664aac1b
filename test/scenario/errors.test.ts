import { expect, test } from 'vitest';
import { LabError, type Problem, renderProblems } from '../../src/problems/errors.ts';

const problem = (line: number, column: number, more: Partial<Problem> = {}): Problem => ({
  file: 'x.yaml',
  line,
  column,
  path: 'a',
  message: 'a is 0; expected 1.',
  code: 'VALUE',
  severity: 'error',
  ...more,
});

test('problems come in order of place, other files after the first, each once', () => {
  const error = new LabError([
    problem(9, 1),
    problem(2, 7, { code: 'SYNTAX' }),
    problem(1, 1, { file: 'x.log' }),
    problem(2, 3, { code: 'MISSING' }),
    problem(9, 1),
  ]);
  expect(error.problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
    'x.yaml:2:3',
    'x.yaml:2:7',
    'x.yaml:9:1',
    'x.log:1:1',
  ]);
  expect(error.code).toBe('MISSING');
  expect(error.message.split('\n')[0]).toBe('x.yaml:2:3 a is 0; expected 1.');
});

test('the source line is shown with a caret below the place', () => {
  expect(renderProblems([problem(14, 6, { source: 'max: -1' })])).toBe(
    ['x.yaml:14:6 a is 0; expected 1.', '  14 | max: -1', '     |      ^'].join('\n'),
  );
});

test('a problem without a place names its file alone', () => {
  expect(renderProblems([problem(0, 0)])).toBe('x.yaml: a is 0; expected 1.');
});

test('control characters of the file do not reach the terminal', () => {
  const shown = renderProblems([
    problem(1, 1, { source: '\u001b[31mred', message: 'is "\u0007"' }),
  ]);
  expect(shown.split('\n').join('')).not.toMatch(/\p{Cc}/u);
});

test('a long line is shown around the place', () => {
  const source = `${'x'.repeat(500)}!${'y'.repeat(500)}`;
  const [, line, caret] = renderProblems([problem(1, 501, { source })]).split('\n');
  expect(line?.[caret?.indexOf('^') ?? -1]).toBe('!');
  expect(line!.length).toBeLessThan(120);
});
