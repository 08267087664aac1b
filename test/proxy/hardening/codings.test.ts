/**
 * Transfer-Encoding with every byte at every place, with a length and without: it is refused, or it is `chunked` and
 * nothing else, or it is another field and frames nothing (spec: hardening).
 */
import { expect, test } from 'vitest';
import { balancer, rig } from '../rig.ts';
import { send } from './probe.ts';
import { end, hidden, post } from './probes/text.ts';
import { recorder } from './recorder.ts';

const places: readonly [string, (c: string) => string][] = [
  ['before the name', (c) => `${c}Transfer-Encoding: chunked`],
  ['inside the name', (c) => `Transfer${c}-Encoding: chunked`],
  ['for the hyphen', (c) => `Transfer${c}Encoding: chunked`],
  ['before the colon', (c) => `Transfer-Encoding${c}: chunked`],
  ['for the blank', (c) => `Transfer-Encoding:${c}chunked`],
  ['behind the blank', (c) => `Transfer-Encoding: ${c}chunked`],
  ['inside the value', (c) => `Transfer-Encoding: chun${c}ked`],
  ['behind the value', (c) => `Transfer-Encoding: chunked${c}`],
  ['and a word before the value', (c) => `Transfer-Encoding: gzip${c}chunked`],
  ['and a word behind the value', (c) => `Transfer-Encoding: chunked${c}gzip`],
  ['at the end of another field', (c) => `X: y${c}Transfer-Encoding: chunked`],
];

/** What RFC 9110 lets a field line be, but for a tab at the end, which llhttp takes for a part of the coding. */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?) *$/;

type Reading = 'refused' | 'chunked' | 'another field';

function read(line: string): Reading {
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined) return 'refused';
  if (name.toLowerCase() !== 'transfer-encoding') return 'another field';
  return value.toLowerCase() === 'chunked' ? 'chunked' : 'refused';
}

const body = end + hidden;

test.each(places)('%s', async (_, place) => {
  const worker = await recorder();
  const r = await rig(balancer([worker.url]));
  const readings = new Set<Reading>();
  for (let code = 0; code < 256; code++) {
    const line = place(String.fromCharCode(code));
    const reading = read(line);
    readings.add(reading);
    const alone = await send(r, worker, `${post}${line}\r\n\r\n${body}`, 1);
    const first = await send(
      r,
      worker,
      `${post}Content-Length: ${body.length}\r\n${line}\r\n\r\n${body}`,
      1,
    );
    const seen = [alone, first].map(({ forwarded, statuses, faults }) => ({
      forwarded,
      answers: statuses.map((status) => (status === 400 || status === 501 ? 'refused' : status)),
      faults,
    }));
    const refused = { forwarded: [], answers: ['refused'], faults: [] };
    const all = (forwarded: string[]) => ({
      forwarded: [...forwarded, 'GET /marker'],
      answers: [...forwarded, ''].map(() => 200),
      faults: [],
    });
    // Without a length another field leaves no body: its bytes are no request.
    const broken = { forwarded: ['POST /x'], answers: [200, 'refused'], faults: [] };
    const expected = {
      refused: [refused, refused],
      chunked: [all(['POST /x', 'GET /hidden']), refused],
      'another field': [broken, all([`POST /x ${body}`])],
    };
    expect(seen, `${JSON.stringify(line)}: ${reading}`).toEqual(expected[reading]);
  }
  expect(readings).toContain('refused');
  await r.idle();
});
