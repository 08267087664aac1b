/** Worked examples E34 and E35 with real checks of real backends. */
import { expect, test, vi } from 'vitest';
import { type CheckedBackend, checkedBackend, compared, everybody, page, side } from './sides.ts';

const verdicts = 'pass fail pass pass fail pass pass fail fail pass fail pass pass'.split(' ');

test.each(everybody)(
  `E34: counters are cumulative, not of checks in a row, ${compared}: %s`,
  async (who) => {
    const a = await checkedBackend('a');
    const member = `http://127.0.0.1:${a.port}`;
    const checks = 'hcmethod=GET hcuri=/up hcinterval=100ms hcfails=3 hcpasses=2';
    const { members } = await side(who, [`BalancerMember ${member} ${checks}`]);
    const seen = [];
    for (const verdict of [...verdicts, null]) {
      const check = await a.next();
      seen.push((await members()).get(member)!); // after the verdict before, as the next check is here
      check.answer(page(verdict === 'fail' ? 500 : 200));
    }
    const rows = seen.slice(1);
    expect(rows.map(({ fcount }) => fcount)).toEqual([0, 1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0]);
    expect(rows.map(({ pcount }) => pcount)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
    expect(rows.map(({ status }) => status)).toEqual(
      '-------CCCC--'.split('').map((flag) => (flag === 'C' ? 'Init HcFl' : 'Init Ok')),
    );
  },
);

test('hcconsecutive: the same verdicts, of which only those in a row count', async () => {
  const a = await checkedBackend('a');
  const member = `http://127.0.0.1:${a.port}`;
  const checks = 'hcmethod=GET hcuri=/up hcinterval=100ms hcfails=3 hcpasses=2 hcconsecutive=On';
  const { members } = await side('ours', [`BalancerMember ${member} ${checks}`]);
  const seen = [];
  for (const verdict of [
    ...verdicts,
    'fail',
    'fail',
    'fail',
    'pass',
    'fail',
    'pass',
    'pass',
    null,
  ]) {
    const check = await a.next();
    seen.push((await members()).get(member)!);
    check.answer(page(verdict === 'fail' ? 500 : 200));
  }
  const rows = seen.slice(1);
  expect(rows.map(({ fcount }) => fcount).join('')).toBe('01001001201001200000'.slice(0, 20));
});

test.each(everybody)(`E35: checks beside traffic, ${compared}: %s`, async (who) => {
  const [a, b] = [await checkedBackend('a'), await checkedBackend('b')];
  const names = [a, b].map(({ port }) => `http://127.0.0.1:${port}`);
  const { members, request } = await side(who, [
    `BalancerMember ${names[0]} retry=30 hcmethod=GET hcuri=/up hcinterval=500ms`,
    `BalancerMember ${names[1]} retry=60`,
  ]);
  const flags = async () => {
    const all = await members();
    return names.map((name) => all.get(name)!.status.replace('Init ', '')).join(' ');
  };
  const settled = (wanted: string) =>
    vi.waitUntil(async () => (await flags()) === wanted, { timeout: 20_000, interval: 20 });
  const asked = async () => {
    const { status, body } = await request();
    return status === 200 ? body : status;
  };
  const back = (one: CheckedBackend) => one.up();

  let check = await a.next(); // while it is held, no other one starts
  a.down();
  expect(await asked()).toBe('b');
  expect(await flags()).toBe('Err Ok');
  check.answer(page(500));
  await back(a);
  check = await a.next();
  expect(await flags()).toBe('Err Ok'); // failed already: no C
  check.answer(page(200));
  await settled('Ok Ok');
  expect(new Set([await asked(), await asked()])).toEqual(new Set(['a', 'b']));

  check = await a.next();
  check.answer(page(500));
  check = await a.next();
  expect(await flags()).toBe('HcFl Ok');
  a.down();
  expect(await asked()).toBe('b');
  b.down();
  expect(await asked()).toBe(503);
  expect(await flags()).toBe('HcFl Err');
  expect(await asked()).toBe(503); // A has no E: errors are not forgiven all at once
  await back(b);
  expect(await asked()).toBe(503); // B waits for its retry time
  await back(a);
  check.answer(page(200));
  await settled('Ok Err');
  expect(await asked()).toBe('a');
});
