/** Worked examples that wait: for a connection, for a usable member, for a 100; and early ends of connections. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Ask, Case } from '../../case.ts';
import { installed } from '../installed.ts';
import { startOurs } from '../ours.ts';
import { runCases } from '../run.ts';
import { onBoth } from '../trial.ts';

describe.skipIf(installed === null)('httpd and our proxy wait alike', () => {
  test('E33. Connection-pool exhaustion marks members (max=1 acquire=200)', async () => {
    const members = [
      { max: '1', acquire: '200', retry: '90' },
      { max: '1', acquire: '200' },
    ];
    await onBoth(installed!, {}, members, async (trial) => {
      const shows = async (state: string) => expect(await trial.state(state)).toBe(state);
      const closeA = await trial.open();
      await shows('lb -100 100 busy 1 0');
      const closeB = await trial.open();
      await shows('lb 0 0 busy 1 1');
      expect((await trial.ask()).status).toBe(503);
      await shows('lb -100 100 busy 1 1 [A:E B:E]');
      expect((await closeA()).status).toBe(200);
      await shows('lb -100 100 busy 0 1 [A:E B:E]');
      expect((await closeB()).status).toBe(200);
      await shows('lb -100 100 busy 0 0 [A:E B:E]');
      expect((await trial.ask()).status).toBe(200);
      await shows('lb 0 0 busy 0 0');
    });
  });

  // Four times the times of the specification, so that a busy machine is not too slow for them.
  test('E38. Balancer timeout, forcerecovery=Off, one member', async () => {
    const balancer = { timeout: '8', forcerecovery: 'Off' };
    await onBoth(installed!, balancer, [{ retry: '4' }], async (trial) => {
      const [backend] = trial.stage.backends;
      await backend.down();
      expect((await trial.ask()).status).toBe(503);
      const second = await trial.ask();
      expect(second.status).toBe(503);
      expect(second.seconds).toBeGreaterThan(1); // it waited for the retry time to end
      await backend.up();
      const third = await trial.ask();
      expect(third.status).toBe(200);
      expect(third.seconds).toBeGreaterThan(1);
    });
  });

  test('E38. Only one request waits for a usable member', async () => {
    const member = { status: '+D' };
    await onBoth(installed!, { timeout: '4' }, [member], async (trial) => {
      const ended: number[] = [];
      const ask = async (number: number) => {
        const { status } = await trial.ask();
        ended.push(number);
        expect(status).toBe(503);
      };
      const first = ask(1);
      await sleep(1000);
      await Promise.all([ask(2), ask(3)]);
      expect(ended).toHaveLength(2);
      await first;
      expect(ended).toHaveLength(3);
    });
  });

  test('E39. ping=1, POST, backends that never answer 100', async () => {
    await onBoth(installed!, {}, [{ ping: '1' }, { ping: '1' }], async (trial) => {
      const { status, seconds } = await trial.ask({ method: 'POST', post: 100 });
      expect(status).toBe(503);
      expect(seconds).toBeGreaterThan(1.9);
      const failed = 'lb -100 100 busy 0 0 [A:E B:E]';
      expect(await trial.state(failed)).toBe(failed);
      expect((await trial.ask()).status).toBe(200);
    });
  });
});

const ask: Ask = {
  op: 'request',
  method: 'GET',
  target: '/',
  cookie: null,
  post: null,
  chunked: false,
  answer: { status: 404, body: 3, framing: 'length', interim: null, fault: null },
  hold: null,
};

/** `before` requests, then one that the backend of a balancer of two members ends without an answer. */
function closedEarly(before: number, failonstatus?: string, interim: number | null = null): Case {
  const vanishing: Ask = { ...ask, answer: { ...ask.answer, interim, fault: 'vanish' } };
  return {
    name: `e40000${before}${failonstatus ?? '000'}`,
    seed: before,
    keepAlive: true,
    balancer: { lbmethod: 'byrequests', ...(failonstatus === undefined ? {} : { failonstatus }) },
    members: [{}, {}],
    steps: [...Array<Ask>(before).fill(ask), vanishing],
  };
}

describe.skipIf(installed === null)('E40. The backend closes without answering', () => {
  test.each([
    // requests before, failonstatus, status (0: connection closed without a response), member, its flags
    ['first request of the client connection', 0, undefined, 502, 0, ''],
    ['the same with failonstatus=502', 0, '502', 502, 0, 'E'],
    ['kept client connection, new backend connection', 1, undefined, 0, 1, 'E'],
    ['kept client connection, reused backend connection', 2, undefined, 0, 0, ''],
    ['the same with failonstatus=502', 2, '502', 0, 0, 'E'],
    ['the same with failonstatus=200', 2, '200', 0, 0, ''],
  ] as const)('%s (%i before)', async (_, before, failonstatus, status, member, flags) => {
    await ends(closedEarly(before, failonstatus), status, member, flags);
  });

  test('kept client connection, new backend connection, but an interim head came first', async () => {
    await ends(closedEarly(1, undefined, 103), 0, 1, '');
  });

  async function ends(each: Case, status: number, member: number, flags: string) {
    const [{ played, difference }] = await runCases(installed!, startOurs, [each]);
    const { seen, state } = played.at(-1)!;
    expect(seen).toMatchObject({ worker: member, got: { status } });
    expect(state[member][5]).toBe(flags);
    expect(difference).toBeNull();
  }
});
