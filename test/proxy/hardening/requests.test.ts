/** Requests that proxy and worker might read differently: what becomes of each, byte for byte (spec: hardening). */
import { describe, test } from 'vitest';
import { heavy } from '../../heavy.ts';
import { balancer, rig } from '../rig.ts';
import { readLax } from './lax.ts';
import { type Probe, run } from './probe.ts';
import { capabilityProbes, cookieProbes } from './probes/capabilities.ts';
import { chunkProbes } from './probes/chunks.ts';
import { codingProbes } from './probes/codings.ts';
import { fieldProbes, hostProbes, lineProbes } from './probes/heads.ts';
import { lengthProbes } from './probes/lengths.ts';
import { type Recorder, recorder, says } from './recorder.ts';

const kinds: readonly [string, readonly Probe[]][] = [
  ['Content-Length', lengthProbes],
  ['chunks', chunkProbes],
  ['Transfer-Encoding', codingProbes],
  ['request line', lineProbes],
  ['Host', hostProbes],
  ['field', fieldProbes],
  ['capability', capabilityProbes],
  ['cookie', cookieProbes],
];

/** One worker that takes nothing for granted, and two that take whatever comes (FAIRLEAD_HEAVY=1). */
const workers: readonly [string, () => Promise<Recorder>][] = [
  ['a strict worker', () => recorder()],
  ['a lax one by chunks', () => recorder(says, (text) => readLax(text, 'the chunks'))],
  ['a lax one by length', () => recorder(says, (text) => readLax(text, 'the length'))],
];

describe.each(heavy ? workers : workers.slice(0, 1))('%s', (_, worker) => {
  describe.each(kinds)('%s', (_, probes) => {
    test.each(probes)('$name', async (probe) => {
      const made = await worker();
      await run(await rig(balancer([made.url])), made, probe);
    });
  });
});
