/** Form by form: what the real httpd's manager makes of a request, ours makes of it. Skipped without httpd. */
import { describe, expect, test } from 'vitest';
import { ask } from '../rig.ts';
import { cellsOf, hasHttpd, ours, shop, stateOf, theirs } from './sides.ts';

if (!hasHttpd) console.warn('skipped: no httpd to compare the manager with');

const LOCAL = 'http://127.0.0.1/';

/** A POST of `body`, or a GET of `?query`; `referer`: null for none. W1 and W2 stand for the members' URLs. */
interface Form {
  readonly body?: string;
  readonly query?: string;
  readonly referer?: string | null;
}

const w = (set: string, who = 'W1'): Form => ({ body: `b=shop&w=${who}&nonce=abc&${set}` });
const b = (set: string): Form => ({ body: `b=shop&nonce=abc&${set}` });

const forms: readonly Form[] = [
  w('w_lf=3'),
  w('w_lf=1.15'),
  w('w_lf=0.99'),
  w('w_lf=100.005'),
  w('w_lf=101'),
  w('w_lf=abc'),
  w('w_lf= 7x'),
  w('w_lf=0x10'),
  w('w_ls=5'),
  w('w_ls=100'),
  w('w_ls=-1'),
  w('w_ls=7abc'),
  w('w_wr=other'),
  w('w_wr=a%2520b'),
  w('w_wr=a+b'),
  w('w_wr='),
  w(`w_wr=${'x'.repeat(63)}`),
  w(`w_wr=${'x'.repeat(64)}`),
  w('w_rr=n2', 'W1'),
  w('w_rr=', 'W1'),
  w('w_wr=n1'),
  ...['I', 'N', 'D', 'H', 'R', 'C', 'S'].flatMap((flag) => [
    w(`w_status_${flag}=1`, 'W2'),
    w(`w_status_${flag}=0`, 'W2'),
  ]),
  w('w_status_D=7', 'W2'),
  w('w_status_D=x', 'W2'),
  w('w_status_E=1', 'W2'),
  w('w_status_D=1&w_status_D=0', 'W2'),
  w('w_hm=GET&w_hi=5000&w_hp=2&w_hf=3&w_hu=%2Fup&w_he=ok'),
  w('w_hi=99'),
  w('w_hi=2s'),
  w('w_hp=0&w_hf=-1'),
  w('w_he=OK'),
  w('w_hm=NONE'),
  w('w_hm=nothing'),
  b('b_lbm=bytraffic'),
  b('b_lbm=unknown'),
  b('b_lbm=byrequests'),
  b('b_tmo=5'),
  b('b_tmo=7201'),
  b('b_tmo=0'),
  b('b_max=3'),
  b('b_max=100'),
  b('b_sforce=1'),
  b('b_sforce=0'),
  b('b_ss=A|B'),
  b('b_ss=-'),
  b('b_ss='),
  b('b_ss=ROUTEID'),
  b(`b_ss=${'y'.repeat(63)}`),
  { body: 'b=shop&w=W1&nonce=wrong&w_lf=9' },
  { body: 'b=shop&w=W1&w_lf=9' },
  { body: 'b=closed&w=W3&nonce=&w_lf=9' },
  { body: 'b=nobody&w=W1&nonce=abc&w_lf=9' },
  { body: 'b=SHOP&w=W1&nonce=abc&w_lf=4' },
  { body: 'b=shop&w=W1/more&nonce=abc&w_lf=6' },
  { ...w('w_lf=8'), referer: null },
  { ...w('w_lf=8'), referer: 'http://elsewhere.test/' },
  { ...w('w_lf=8'), referer: 'nonsense' },
  { ...w('w_lf=8'), referer: 'https://127.0.0.1:9/x' },
  { query: 'b=shop&w=W1&nonce=abc&w_lf=5' },
  { query: 'b=shop&nonce=abc' },
  { body: `b=shop&w=W1&nonce=abc&pad=${'p'.repeat(1100)}&w_lf=5` },
  b('b_wyes=1&b_nwrkr=http%3A%2F%2F127.0.0.1%3A9'),
  b('b_wyes=1&b_nwrkr=http%3A%2F%2F127.0.0.1%3A9'),
  b('b_wyes=1&b_nwrkr=W1'),
  b('b_nwrkr=http%3A%2F%2F127.0.0.1%3A10'),
  b('b_wyes=1&b_nwrkr=nonsense'),
  b('b_wyes=1&b_nwrkr=http%3A%2F%2F127.0.0.1%3A11'),
  b('b_wyes=1&b_nwrkr=http%3A%2F%2F127.0.0.1%3A12'),
];

describe.skipIf(!hasHttpd)('beside httpd', () => {
  test('after each form the same status, the same XML and the same table', async () => {
    const { lines, urls } = await shop();
    const ports = [await ours(lines), await theirs(lines)];
    const send = (port: number, { body, query, referer = LOCAL }: Form) => {
      const named = (text: string) => text.replace(/W([123])/, (_, i) => urls[Number(i) - 1]!);
      const headers = referer === null ? {} : { Referer: referer };
      const path = query === undefined ? '/balancer-manager' : `/balancer-manager?${named(query)}`;
      return body === undefined
        ? ask(port, path, { headers })
        : ask(port, path, { headers, method: 'POST', body: named(body) });
    };
    for (const form of forms) {
      const [mine, httpds] = await Promise.all(
        ports.map(async (port) => {
          const { status } = await send(port, form);
          return { status, xml: await stateOf(port), cells: await cellsOf(port) };
        }),
      );
      expect(mine, JSON.stringify(form)).toEqual(httpds);
    }
  });
});
