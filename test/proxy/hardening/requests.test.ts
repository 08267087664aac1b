/** Requests that proxy and worker might read differently: what becomes of each, byte for byte (spec: hardening). */
import { describe, test } from 'vitest';
import { balancer, rig } from '../rig.ts';
import { type Probe, run } from './probe.ts';
import { capabilityProbes, cookieProbes } from './probes/capabilities.ts';
import { chunkProbes } from './probes/chunks.ts';
import { codingProbes } from './probes/codings.ts';
import { fieldProbes, hostProbes, lineProbes } from './probes/heads.ts';
import { lengthProbes } from './probes/lengths.ts';
import { recorder } from './recorder.ts';

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

describe.each(kinds)('%s', (_, probes) => {
  test.each(probes)('$name', async (probe) => {
    const worker = await recorder();
    await run(await rig(balancer([worker.url])), worker, probe);
  });
});
