/**
 * Requests down to the bytes, and what must become of them. Behind every probe a marker follows on the same
 * connection: where it ends tells whether proxy and worker agree on where the probe ended.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Rig } from '../rig.ts';
import type { Recorder } from './recorder.ts';
import { readResponses, statusOf, values } from './wire.ts';

export interface Probe {
  readonly name: string;
  /** latin1. */
  readonly bytes: string;
  /** Of all answers, interim ones included, in order; a list: one of these. */
  readonly statuses: readonly (number | readonly number[])[];
  /** `METHOD target body` of what the worker gets. */
  readonly forwarded: readonly string[];
  /** The marker is served; else the connection ends before it. */
  readonly goesOn: boolean;
  /** Must be in, or must not be in, what the worker gets. */
  readonly has?: RegExp;
  readonly lacks?: RegExp;
}

export function refused(name: string, status: number | readonly number[], bytes: string): Probe {
  return { name, bytes, statuses: [status], forwarded: [], goesOn: false };
}

/** Answered by the proxy itself, which goes on. */
export function answered(name: string, status: number, bytes: string): Probe {
  return { name, bytes, statuses: [status], forwarded: [], goesOn: true };
}

export function served(
  name: string,
  bytes: string,
  forwarded: string | readonly string[],
  more: Partial<Probe> = {},
): Probe {
  const list = typeof forwarded === 'string' ? [forwarded] : forwarded;
  return { name, bytes, statuses: list.map(() => 200), forwarded: list, goesOn: true, ...more };
}

const MARKER = 'GET /marker HTTP/1.1\r\nHost: marker\r\nConnection: close\r\n\r\n';

/** What became of a probe, in the shape that `outcome` expects. */
export interface Outcome {
  readonly statuses: readonly number[];
  readonly bodies: readonly string[];
  readonly forwarded: readonly string[];
  readonly faults: readonly string[];
}

/** Sends `text` at once or in `pieces`, and returns what came until the connection ended. */
export async function exchanged(port: number, text: string, pieces: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  socket.on('error', () => socket.destroy());
  const closed = once(socket, 'close');
  const size = Math.ceil(text.length / pieces);
  for (let at = 0; at < text.length && socket.writable; at += size) {
    socket.write(text.slice(at, at + size), 'latin1');
    if (pieces > 1) for (let turns = 0; turns < 4; turns++) await turn();
  }
  await closed;
  return got;
}

/** Sends the probe and its marker, at once or in `pieces`, and reads until the connection ends. */
export async function send(
  rig: Rig,
  worker: Recorder,
  bytes: string,
  pieces: number,
): Promise<Outcome & { readonly client: string }> {
  worker.received.length = 0;
  worker.faults.length = 0;
  const text = await exchanged(rig.port, bytes + MARKER, pieces);
  const methods = worker.received.map(({ line }) => line.split(' ')[0]!);
  const faults = [...worker.faults];
  let statuses: number[] = [];
  let bodies: string[] = [];
  try {
    const responses = readResponses(text, methods.length > 0 ? methods : [bytes.split(' ')[0]!]);
    statuses = responses.map(statusOf);
    bodies = responses.filter((one) => statusOf(one) === 200).map(({ body }) => body);
    for (const one of responses) {
      if (statusOf(one) >= 200 && values(one, 'date').length > 1) faults.push('two Dates');
    }
  } catch (error) {
    faults.push(String(error));
  }
  return { statuses, bodies, forwarded: worker.summaries, faults, client: text };
}

/** Longer ones are not sent byte by byte. */
const BYTEWISE_MAX = 1000;

/** Runs a probe at once, in pieces and byte by byte, and asks over a new connection afterwards. */
export async function run(rig: Rig, worker: Recorder, probe: Probe): Promise<void> {
  const { bytes, statuses, forwarded, goesOn, has, lacks } = probe;
  const short = bytes.length <= BYTEWISE_MAX ? [bytes.length + MARKER.length] : [];
  for (const pieces of [1, 9, ...short]) {
    const got = await send(rig, worker, bytes, pieces);
    expect({ ...got, bodies: undefined, client: undefined }, got.client).toEqual({
      statuses: (goesOn ? [...statuses, 200] : statuses).map((status) =>
        typeof status === 'number' ? status : expect.toBeOneOf([...status]),
      ),
      forwarded: goesOn ? [...forwarded, 'GET /marker'] : forwarded,
      faults: [],
    });
    // Nobody gets the answer to what somebody else asked.
    const asked = worker.received
      .filter(({ line }) => !line.startsWith('HEAD '))
      .map(({ line }) => line.replace(/ HTTP.*/, ''));
    const answers = got.bodies
      .filter((body) => /^[A-Z]+ \//.test(body))
      .map((body) => body.split(' ', 2).join(' '));
    expect(answers).toEqual(asked.slice(asked.length - answers.length));
    const text = worker.received.map((one) => one.text).join('');
    if (has !== undefined) expect(text).toMatch(has);
    if (lacks !== undefined) expect(text).not.toMatch(lacks);
    worker.received.length = 0;
    expect((await rig.get('/after')).body).toBe('GET /after');
    expect(worker.summaries).toEqual(['GET /after']);
  }
  await rig.idle();
}
