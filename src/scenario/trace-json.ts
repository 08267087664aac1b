/** The proxy's own access log, one JSON object a line, as arrivals. */
import { z } from 'zod';
import type { LineReader } from './trace-format.ts';

/** What is used of a line; the rest may be there or not. */
const line = z.object({
  time: z.iso.datetime(),
  client: z.string(),
  target: z.string().nullable(),
  bodyBytes: z.number(),
  firstByteUs: z.number().nullable(),
  balancer: z.string().nullable(),
});

/**
 * A request's service time is what its worker took to begin the answer, connecting included. What no balancer handled
 * is no request here.
 */
export function jsonReader(): LineReader {
  return {
    read: (text) => {
      const { data } = line.safeParse(parsed(text));
      if (data === undefined) return null;
      const { time, client, target, bodyBytes, firstByteUs, balancer } = data;
      if (balancer === null || target === null) return 'no request';
      return {
        address: client,
        session: null,
        atUs: Date.parse(time) * 1e3,
        bytes: bodyBytes,
        path: target.replace(/\?.*/, ''),
        serviceNs: firstByteUs === null ? Number.NaN : (firstByteUs + 0.5) * 1e3,
      };
    },
    misfit: () => ({ column: 1, expected: 'an object of the log of fairlead proxy' }),
    resolutionNs: 1e6,
    service: 'firstByteUs',
    hasBytes: true,
    expected: 'the JSON of the log of fairlead proxy',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
