/** The file of heartbeats (spec: httpd 7.3): `<ip> &ready=R&busy=B&lastseen=S&port=P`, one server a line. */

export interface Stored {
  readonly ready: number;
  readonly busy: number;
  /** Seconds since it was heard when the file was written; -1: not said, which counts as fresh. */
  readonly lastseen: number;
}

/** Servers by address. Lines of one server add up; what is no plain decimal number is as if it were not there. */
export function readStorage(text: string): ReadonlyMap<string, Stored> {
  const servers = new Map<string, Stored>();
  for (const line of text.split('\n')) {
    const blank = line.indexOf(' ');
    if (line.startsWith('#') || blank < 0) continue;
    const server = line.slice(0, blank);
    const fields = new Map(
      line
        .slice(blank + 1)
        .split('&')
        .map(pairOf),
    );
    const before = servers.get(server) ?? { ready: 0, busy: 0, lastseen: -1 };
    servers.set(server, {
      ready: plain(fields.get('ready')) ?? before.ready,
      busy: plain(fields.get('busy')) ?? before.busy,
      lastseen: plain(fields.get('lastseen')) ?? before.lastseen,
    });
  }
  return servers;
}

/** A server by its address. */
export type Row = readonly [string, Stored & { readonly port: number }];

export function writeStorage(servers: Iterable<Row>): string {
  const lines = Array.from(
    servers,
    ([server, { ready, busy, lastseen, port }]) =>
      `${server} &ready=${ready}&busy=${busy}&lastseen=${lastseen}&port=${port}\n`,
  );
  return lines.join('');
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at), text.slice(at + 1).trimEnd()];
}

function plain(text: string | undefined): number | null {
  if (text === undefined || !/^\d+$/.test(text)) return null;
  const value = Number(text);
  return value <= 2_147_483_647 ? value : null;
}
