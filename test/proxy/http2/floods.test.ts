/**
 * Clients that cost a server more than they spend: the floods that have names (CVE-2019-9511 to 9518, CVE-2023-44487,
 * CVE-2024-27316), and those that hold streams. The proxy ends them or bears them; others are served meanwhile.
 */
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { heavy } from '../../heavy.ts';
import { proxyChild } from '../chaos/child.ts';
import { backend, balancer, rig } from '../rig.ts';
import { freePort } from '../servers/httpd.ts';
import { Authority, certificateFolder, hasOpenssl } from '../tls/certificates.ts';
import * as h2 from './wire.ts';

const { frame, types, END_HEADERS, END_STREAM, headers, data, fields, block, window } = h2;

const folder = certificateFolder();
beforeAll(() => {
  if (hasOpenssl) new Authority(folder.path, 'authority').issue('a.test');
});
afterAll(() => folder.end());

const secure = () => `ServerName a.test
SSLEngine On
Protocols h2
SSLCertificateFile ${folder.path}/a.test.pem
SSLCertificateKeyFile ${folder.path}/a.test.key
`;

/** What another client gets. */
async function other(port: number): Promise<string> {
  const wire = await h2.Wire.connect(port);
  const found = await wire.send(headers(1)).outcome();
  wire.socket.destroy();
  return found;
}

const POST = fields({ ':method': 'POST' });
const begun = (stream: number) => frame(types.headers, END_STREAM, stream, block(...fields()));
const empty = (count: number, one: (i: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => one(i)));
/** 4000 bytes for the table, then an answer's worth of references to them. */
const bomb = (stream: number) => {
  const entry = [0x40, 1, 120, ...h2.integer(4000, 7), ...Buffer.alloc(4000, 120)];
  const named = Buffer.from([...entry, ...Array.from({ length: 8000 }, () => 0xbe)]);
  return frame(
    types.headers,
    END_STREAM | END_HEADERS,
    stream,
    Buffer.concat([block(...fields()), named]),
  );
};

interface Flood {
  readonly name: string;
  readonly first?: readonly Buffer[];
  /** The `i`-th of so many pieces. */
  readonly piece: (i: number) => Buffer;
  readonly pieces: number;
  /** The client takes nothing meanwhile. */
  readonly deaf?: true;
  /** The proxy ends the connection; absent: it may, or reads no faster than the client does. */
  readonly ended?: boolean;
}

const floods: readonly Flood[] = [
  {
    name: 'streams opened and reset at once (CVE-2023-44487)',
    piece: (i) =>
      empty(100, (k) => {
        const stream = 2 * (100 * i + k) + 1;
        return Buffer.concat([headers(stream), h2.reset(stream)]);
      }),
    pieces: 300,
    ended: true,
  },
  {
    name: 'header blocks without an end (CVE-2024-27316)',
    first: [begun(1)],
    piece: () => frame(types.continuation, 0, 1, block(['x', 'y'.repeat(8000)])),
    pieces: 5000,
    ended: true,
  },
  {
    name: 'header blocks without an end and without anything in them',
    first: [begun(1)],
    piece: () => empty(1000, () => frame(types.continuation, 0, 1)),
    pieces: 300,
    ended: true,
  },
  {
    name: 'PINGs of a client that takes no answer (CVE-2019-9512)',
    piece: () => empty(1000, () => h2.ping()),
    pieces: 3000,
    deaf: true,
  },
  {
    name: 'SETTINGS of a client that takes no answer (CVE-2019-9515)',
    piece: () => empty(1000, (i) => h2.settings([h2.settingIds.window, 65_535 + i])),
    pieces: 3000,
    deaf: true,
    ended: true,
  },
  {
    name: 'empty DATA (CVE-2019-9518)',
    first: [headers(1, POST, END_HEADERS)],
    piece: () => empty(1000, () => data(1, '', 0)),
    pieces: 300,
    ended: true,
  },
  {
    name: 'requests that are malformed, each an error of its stream (CVE-2019-9514)',
    piece: (i) => empty(100, (k) => headers(2 * (100 * i + k) + 1, fields({}, ['X-Upper', 'y']))),
    pieces: 300,
    deaf: true,
    ended: true,
  },
  {
    name: 'fields that grow in the table',
    piece: (i) => bomb(2 * i + 1),
    pieces: 300,
    ended: false,
  },
  {
    name: 'priorities (CVE-2019-9513)',
    piece: (i) =>
      empty(1000, (k) => frame(types.priority, 0, 2 * (1000 * i + k) + 1, [0, 0, 0, 0, k % 256])),
    pieces: 300,
    ended: false,
  },
  {
    name: 'windows that grow by one',
    piece: () => empty(1000, () => window(0, 1)),
    pieces: 300,
    ended: false,
  },
  {
    name: 'frames that nobody knows',
    piece: () => frame(0xee, 0, 0, Buffer.alloc(16_384)),
    pieces: 3000,
    ended: false,
  },
];

/** False: it is closed, or the proxy has read nothing for two seconds, because it wants no more of this client. */
function writable(socket: TLSSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (is: boolean) => {
      clearTimeout(timer);
      socket.off('drain', goesOn).off('close', gone);
      resolve(is);
    };
    const goesOn = () => done(true);
    const gone = () => done(false);
    const timer = setTimeout(gone, 2000);
    socket.on('drain', goesOn).on('close', gone);
  });
}

describe.skipIf(!hasOpenssl)('floods', () => {
  const some = heavy ? floods : floods.filter((_, i) => i % 3 === 0);
  test.each(some.map((flood) => [flood.name, flood] as const))('%s', async (_, flood) => {
    const to = await backend('w', (message, response) => {
      message.resume();
      response.end('w');
    });
    const port = await freePort();
    const proxy = await proxyChild(port, `${secure()}${balancer([to.url])}`);
    expect(await other(port)).toBe('answer 200');
    const before = proxy.memoryMiB();

    const wire = await h2.Wire.connect(port, [h2.PREFACE, h2.settings()]);
    const { socket } = wire;
    if (flood.deaf) socket.pause();
    wire.send(...(flood.first ?? []));
    let most = 0;
    for (let i = 0; i < flood.pieces && !socket.destroyed && socket.writable; i++) {
      if (socket.write(flood.piece(i))) continue;
      if (!(await writable(socket))) break;
      if (i % 50 === 0) most = Math.max(most, proxy.memoryMiB());
    }
    most = Math.max(most, proxy.memoryMiB());
    expect(await other(port)).toBe('answer 200');
    if (flood.deaf) socket.resume();
    if (flood.ended) {
      const isError = ({ type, payload }: h2.Frame) =>
        type === types.goaway && payload.readUInt32BE(4) !== 0;
      await vi.waitUntil(() => wire.closed || wire.frames.some(isError), { timeout: 60_000 });
    } else if (flood.ended === false) {
      expect(wire.closed).toBe(false);
      const alive = await wire.send(h2.ping()).next(({ type }) => type === types.ping);
      expect(alive).not.toBeNull();
    }
    expect(most - before).toBeLessThan(100);
    expect(to.seen).toBeLessThan(2000);
    expect(proxy.process.exitCode).toBeNull();
  });
});

describe.skipIf(!hasOpenssl)('streams that are held', () => {
  const large = () => backend('large', (_, response) => response.end('x'.repeat(1_000_000)));
  const open = (count: number) => Array.from({ length: count }, (_, i) => headers(2 * i + 1));

  test.each([
    ['that pings', () => h2.ping()],
    ['that changes its settings', () => h2.settings([h2.settingIds.streams, 5])],
    ['whose connection has more room', () => window(0, 1)],
    ['that says nothing', () => Buffer.alloc(0)],
  ])('by a client without room for answers, %s', async (_, frames) => {
    const r = await rig(
      `${secure()}Timeout 1\nProxyTimeout 60\n${balancer([(await large()).url])}`,
    );
    const wire = await h2.Wire.connect(r.port, [
      h2.PREFACE,
      h2.settings([h2.settingIds.window, 0]),
    ]);
    wire.send(...open(100));
    await vi.waitUntil(() => r.column('busy')[0] === 100, { timeout: 20_000, interval: 5 });
    const timer = setInterval(() => wire.send(frames()), 100);
    await r.idle();
    clearInterval(timer);
    expect(r.column('busy')).toEqual([0]);
  });

  /** Two bodies under way, and what `again` says of them ten times a second; the statuses of both. */
  async function twoBodies(again: () => Buffer[], whenTold: (wire: h2.Wire) => void) {
    const one = await backend('one', (message, response) => {
      message.resume().on('end', () => response.end('whole'));
    });
    const r = await rig(`${secure()}${balancer([one.url])}`, { bodySeconds: 1 });
    const wire = await h2.Wire.connect(r.port);
    wire.send(headers(1, POST, END_HEADERS), headers(3, POST, END_HEADERS));
    let ticks = 0;
    const timer = setInterval(() => {
      wire.send(...again());
      if (++ticks === 40) whenTold(wire);
    }, 100);
    onTestFinished(() => clearInterval(timer));
    const statuses: Record<number, number> = {};
    for (let i = 0; i < 2; i++) {
      const answer = await wire.next(({ type }) => type === types.headers);
      statuses[answer!.stream] = h2.statusIn(answer!.payload);
    }
    clearInterval(timer);
    await r.idle();
    return [statuses[1], statuses[3]];
  }

  test('a body is not kept waited for by pings or by padding', async () => {
    const padding = Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]);
    const again = () => [
      data(1, padding, h2.PADDED),
      ...Array.from({ length: 9 }, () => h2.ping()),
    ];
    expect(await twoBodies(again, () => {})).toEqual([408, 408]);
  });

  test('one slow body does not hold another one open', async () => {
    // 700 bytes a second, where two bodies have to come at 1000.
    expect(
      await twoBodies(
        () => [data(3, 'x'.repeat(70), 0)],
        () => {},
      ),
    ).toEqual([408, 408]);
  });

  test('bodies may come one after another, each longer than the time of grace', async () => {
    const again = () => [data(1, 'x'.repeat(1000), 0)];
    const end = (wire: h2.Wire) => wire.send(data(1, 'end'), data(3, 'end'));
    expect(await twoBodies(again, end)).toEqual([200, 200]);
  });

  test('bodies that have come whole take nothing from one that is slow, but not too slow', async () => {
    const one = await backend('one', (message, response) => {
      message.resume().on('end', () => response.end('whole'));
    });
    const r = await rig(`${secure()}${balancer([one.url])}`, { bodySeconds: 1 });
    const wire = await h2.Wire.connect(r.port);
    wire.send(headers(1, POST, END_HEADERS));
    let stream = 1;
    const timer = setInterval(() => {
      stream += 2;
      wire.send(headers(stream, POST, END_HEADERS), data(stream, 'x'), data(1, 'x'.repeat(40), 0));
      if (stream === 161) wire.send(data(1, 'end'));
    }, 50);
    onTestFinished(() => clearInterval(timer));
    const first = await wire.next((frame) => frame.type === types.headers && frame.stream === 1);
    clearInterval(timer);
    expect(h2.statusIn(first!.payload)).toBe(200);
    await r.idle();
  });

  test('a client that takes its answer slowly has all of it', async () => {
    const r = await rig(
      `${secure()}Timeout 1\nProxyTimeout 60\n${balancer([(await large()).url])}`,
    );
    const wire = await h2.Wire.connect(r.port);
    wire.send(window(0, 2_000_000), headers(1));
    let bytes = 0;
    for (let last = false; !last; ) {
      const found = await wire.next(({ type }) => type === types.data || type === types.reset);
      expect(found?.type).toBe(types.data);
      bytes += found!.payload.length;
      last = (found!.flags & END_STREAM) !== 0;
      if (bytes % 65_535 === 0 && !last) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        wire.send(window(1, 65_535));
      }
    }
    expect(bytes).toBe(1_000_000);
  });

  test('by a client that is gone without a word, or was told to go', async () => {
    const held = await backend('held', (message) => void message.resume());
    const r = await rig(`${secure()}${balancer([held.url])}`, { headerSeconds: 0.5 });
    const gone = await h2.Wire.connect(r.port);
    gone.send(...open(10));
    const told = await h2.Wire.connect(r.port);
    told.send(...open(10), frame(types.ping, 0, 0, Buffer.alloc(6)));
    await vi.waitUntil(() => r.column('busy')[0] === 20, { timeout: 20_000, interval: 5 });
    await vi.waitUntil(() => gone.closed && told.closed, { timeout: 20_000, interval: 5 });
    await r.idle();
    expect(r.column('busy')).toEqual([0]);
  });
});
