import { expect, test } from 'vitest';
import { type AxisOption, axisGroups } from '../../../sim/sweep/axes.ts';
import { gridOf, recordOf } from '../../../sim/sweep/grid.ts';
import { whereOf } from '../../../sim/sweep/where.ts';
import { problemsOf } from '../../scenario/problems.ts';

const vary = (text: string): AxisOption => ({ option: '--vary', text });
const zip = (text: string): AxisOption => ({ option: '--zip', text });
const valuesOf = (text: string) => axisGroups([vary(text)])[0]![0]!.values;

test.each([
  ['a=1', ['1']],
  ['a=x, y ,z', ['x', 'y', 'z']],
  ['a=20/s..80/s:20/s', ['20/s', '40/s', '60/s', '80/s']],
  ['a=10ms..50ms:20ms', ['10ms', '30ms', '50ms']],
  ['a=990ms..1.01s:10ms', ['990ms', '1000ms', '1010ms']],
  ['a=1..2:0.25', ['1', '1.25', '1.5', '1.75', '2']],
  ['a=0.1..0.3:0.1', ['0.1', '0.2', '0.3']], // 0.1 + 0.2 is a little more than 0.3
  ['a=1%..2%:0.5%', ['1%', '1.5%', '2%']],
  ['a=1..4:2', ['1', '3']],
  ['a=1KiB..3KiB:1KiB,1MiB', ['1KiB', '2KiB', '3KiB', '1MiB']],
  ['a={ uniform: [1ms, 2ms] },"x,y"', ['{ uniform: [1ms, 2ms] }', '"x,y"']],
])('%s', (text, values) => {
  expect(valuesOf(text)).toEqual(values);
});

test('groups are crossed, the last fastest; what is zipped goes in step', () => {
  const groups = axisGroups([vary('a=1,2'), zip('b=x,y'), vary('c=p,q')]);
  const cells = gridOf(groups, []).map((cell) => Object.values(recordOf(cell)).join(''));
  expect(cells).toEqual(['1xp', '1xq', '2yp', '2yq']);
});

test.each([
  ['a < b', ['12', '13', '23']],
  ['a >= 2', ['21', '22', '23', '31', '32', '33']],
  ['b == a', ['11', '22', '33']],
  ['3 != b', ['11', '12', '21', '22', '31', '32']],
])('where %s', (text, kept) => {
  const groups = axisGroups([vary('a=1..3:1'), vary('b=1..3:1')]);
  const cells = gridOf(groups, [whereOf(text, ['a', 'b'])]);
  expect(cells.map((cell) => Object.values(recordOf(cell)).join(''))).toEqual(kept);
});

test('amounts of one kind are compared whatever their unit; names by == and !=', () => {
  expect(whereOf('a < 1s', ['a'])({ a: '900ms' })).toBe(true);
  expect(whereOf('a<=90/m', ['a'])({ a: '2/s' })).toBe(false);
  expect(whereOf('m == bybusyness', ['m'])({ m: 'bybusyness' })).toBe(true);
});

test.each([
  [[vary('a')], 'expected PATH=V1,V2'],
  [[vary('=1')], 'expected PATH=V1,V2'],
  [[vary('a=')], 'a value is empty'],
  [[vary('a=1,,2')], 'a value is empty'],
  [[vary('a=1..3')], 'has no step; expected 1..3:STEP'],
  [[vary('a=3..1:1')], '3 is more than 1; write 1..3:1'],
  [[vary('a=1..3:0')], 'expected more than 0'],
  [[vary('a=1/s..3:1')], 'do not have the same kind of unit'],
  [[vary('a=1ms..1h:1ns')], 'expected at most 10000'],
  [[vary('a=1..2:x')], 'the step x is no amount'],
  [[vary('a=1,1')], '1 stands twice'],
  [[vary('a=1'), vary('a=2')], 'a is varied twice'],
  [[zip('a=1')], 'there is none; write --vary first'],
  [[vary('a=1,2'), zip('b=1')], 'it has 1 value and a, with which it goes in step, has 2 values'],
])('%j is refused', (options, message) => {
  expect(problemsOf(() => axisGroups(options))[0]?.message).toContain(message);
});

test.each([
  ['a', 'expected A OP B'],
  ['a <', 'expected A OP B'],
  ['a = 1', 'expected A OP B'],
  ['c < 1', 'c is not varied; '],
  ['abc.slot < 1', 'did you mean abc.slots?'],
  ['a < abc.slot', 'abc.slot is not varied'],
  ['a < 1s', '1 < 1s cannot be told'],
])('where %s is refused', (text, message) => {
  const work = () => whereOf(text, ['a', 'abc.slots'])({ a: '1', 'abc.slots': '2' });
  expect(problemsOf(work)[0]?.message).toContain(message);
});

test('a grid that is too large, or of which nothing is left, is refused', () => {
  const thousand = (path: string) => vary(`${path}=1..1000:1`);
  const large = () => gridOf(axisGroups([thousand('a'), thousand('b')]), []);
  expect(problemsOf(large)[0]?.message).toContain('the grid has 1000000 cells');
  const empty = () => gridOf(axisGroups([vary('a=1,2')]), [whereOf('a > 2', ['a'])]);
  expect(problemsOf(empty)[0]?.message).toContain('leaves none of 2 cells');
});
