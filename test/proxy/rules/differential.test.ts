/**
 * The rules beside a real httpd that reads the same file: what reaches the backend, byte count included, and what
 * reaches the client. Where the rules are stricter on purpose (`isProtected`, HTTP2-Settings, control characters in
 * values) the requests keep away, and `heads.test.ts` says what holds instead. Skipped where httpd is absent. `FAIRLEAD_RULES_SEED` and `FAIRLEAD_RULES_COUNT` try others.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadHttpd } from '../../../src/config/httpd.ts';
import { findHttpd, startHttpd } from '../../oracle/live/httpd.ts';
import { freePort } from '../../oracle/live/ports.ts';
import { differences } from './live/compare.ts';
import { configuration } from './live/conf.ts';
import { drawn, randomFrom } from './live/draw.ts';
import { messageOf } from './live/message.ts';
import { ours } from './live/ours.ts';
import { Recorder, send } from './live/recorder.ts';

const installed = findHttpd();
const seed = Number(process.env['FAIRLEAD_RULES_SEED'] ?? 1);
const count = Number(process.env['FAIRLEAD_RULES_COUNT'] ?? 600);

test.skipIf(installed === null)(
  `${count} random requests (seed ${seed}) are proxied and answered as by httpd (skipped without one)`,
  { timeout: 300_000 },
  async () => {
    await using backend = await Recorder.start();
    const listen = [];
    for (let i = 0; i < 5; i++) listen.push(await freePort());
    const text = configuration({ listen, backend: backend.port });
    await using httpd = await startHttpd(installed!, text, listen[0]!);
    const config = loadHttpd(join(httpd.folder, 'same.conf'));
    const product = `Apache/${installed!.version}`;
    backend.answer = 'HTTP/1.1 204 No\r\n\r\n';
    const first = messageOf(await send(listen[0]!, 'GET /c/ HTTP/1.1\r\nHost: a\r\n\r\n', 'GET'));
    backend.take();
    const serverToken = first.rawHeaders[first.rawHeaders.indexOf('Server') + 1]!;
    const random = randomFrom(seed);
    const wrong: string[] = [];
    let proxied = 0;
    for (let n = 0; n < count; n++) {
      const one = drawn(random, listen.length, `127.0.0.1:${backend.port}`);
      backend.answer = one.answer;
      const port = listen[one.server]!;
      const answer = await send(port, one.request, one.method);
      const mine = ours({ config, port, product, serverToken }, one.request, one.answer);
      const found = differences(one.request, mine, backend.take(), answer);
      if (mine.refusal === null) proxied++;
      if (found.length > 0)
        wrong.push([`#${n}`, one.request.slice(0, 600), one.answer, ...found].join('\n'));
    }
    expect(
      wrong.slice(0, Number(process.env['FAIRLEAD_RULES_SHOW'] ?? 5)).join('\n\n=====\n'),
      `${wrong.length} of ${count} differ`,
    ).toBe('');
    expect(proxied).toBeGreaterThan(count / 2);
  },
);
