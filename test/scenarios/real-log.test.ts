/** A real access log of 2015 through the whole simulator. Fixed seed: nothing here fails by chance. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { brokenInvariants } from '../../sim/invariants.ts';
import { Model } from '../../sim/model.ts';
import { streams } from '../../sim/streams.ts';
import { lbmethodOf } from '../../src/config/lbmethod-of.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { folderPath } from './simulated.ts';

const log = new URL('../../../shared/data/access-2015.log.gz', import.meta.url);
/** Requests weigh 200 bytes, a response's status line 15 (sim/model.ts). */
const overhead = 215;

test('10 000 requests arrive, each address stays on its worker, bytes are as logged', async (context) => {
  if (!existsSync(log)) context.skip('the real access log is not on this machine');
  const text = readFileSync(`${folderPath}access-log.yaml`, 'utf8');
  const replayed = text.replace(
    'trace: access.log',
    `trace: ${JSON.stringify(fileURLToPath(log))}`,
  );
  const model = await replay(parseScenario(replayed, `${folderPath}access-log.yaml`));
  const { observations, clients } = model;

  const lines = gunzipSync(readFileSync(log)).toString('utf8').trim().split('\n');
  const addresses = new Set(lines.map((line) => line.split(' ', 1)[0]));
  const logged = lines.map((line) => Number(/" \d{3} (\d+)/.exec(line)?.[1] ?? 0));
  expect(clients.arrivals).toBe(10_000);
  expect(observations.succeeded).toBe(10_000);
  expect(observations.sessions).toBe(addresses.size);
  // Only those move whose second request came before the first one's answer, and with it the route.
  expect(observations.moved).toBeLessThan(10);
  expect(sum(observations.bytes)).toBe(sum(logged) + 10_000 * overhead);
  expect(brokenInvariants(model)).toEqual([]);
});

/** One replication without warm-up, as a trace is run. */
async function replay(scenario: Scenario): Promise<Model> {
  const lbmethod = await lbmethodOf(scenario.balancer.lbmethod);
  const stream = streams(scenario.seed, 0);
  const model = new Model({
    ...{ scenario, lbmethod, alternatives: [], stream },
    ...{ warmupNs: 0, binNs: Number.POSITIVE_INFINITY },
  });
  model.run();
  return model;
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
