/** Clients of every temper: most wait for their answers, some send much, some leave at one point or another. */
import { connect, type Socket } from 'node:net';

const KEPT = 'Host: soak.example\r\n';

/** What a client does with one request; all but `stays` end the connection. */
interface Manner {
  readonly text: string;
  readonly leaves: 'stays' | 'at once' | 'in the answer';
}

function get(path: string, leaves: Manner['leaves'] = 'stays'): Manner {
  return { text: `GET ${path} HTTP/1.1\r\n${KEPT}Cookie: S=x.b\r\n\r\n`, leaves };
}

function post(bytes: number): Manner {
  const body = 'y'.repeat(bytes);
  return {
    text: `POST /ok HTTP/1.1\r\n${KEPT}Content-Length: ${bytes}\r\n\r\n${body}`,
    leaves: 'stays',
  };
}

const plain = { text: `GET /ok HTTP/1.1\r\n${KEPT}\r\n`, leaves: 'stays' } as const;

/** In a fixed order, so that every run is the same; nine in ten are plain. */
const manners: readonly Manner[] = [
  ...Array.from({ length: 88 }, (_, i) => (i % 2 === 0 ? plain : get('/ok'))),
  ...[post(300), post(20_000), get('/large'), get('/chunked'), get('/late')],
  ...[get('/reset'), get('/half'), get('/garbage')],
  ...[get('/late', 'at once'), get('/large', 'in the answer')],
  { text: `POST /ok HTTP/1.1\r\n${KEPT}Content-Length: 5000\r\n\r\nonly this`, leaves: 'at once' },
  { text: `GET /ok HTTP/1.1\r\nBroken\r\n\r\n`, leaves: 'stays' },
];

/** Sends `requests` requests over `connections` connections at once. Resolves when the last client is gone. */
export function load(port: number, requests: number, connections: number): Promise<void> {
  let sent = 0;
  let open = connections;
  return new Promise((resolve) => {
    const client = (): void => {
      const socket = connect(port, '127.0.0.1');
      let read = '';
      let manner = plain as Manner;
      const next = () => {
        if (sent >= requests) return socket.destroy();
        manner = manners[sent++ % manners.length] ?? plain;
        read = '';
        socket.write(manner.text, 'latin1');
        if (manner.leaves === 'at once') setTimeout(() => socket.destroy(), 5);
        return socket;
      };
      socket.on('connect', next);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (manner.leaves === 'in the answer') return leave(socket);
        read += chunk.toString('latin1');
        if (complete(read)) next();
      });
      socket.on('close', () => {
        if (sent < requests) client();
        else if (--open === 0) resolve();
      });
    };
    for (let i = 0; i < connections; i++) client();
  });
}

function leave(socket: Socket): void {
  socket.resetAndDestroy();
}

function complete(read: string): boolean {
  const end = read.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(read.slice(0, end))?.[1];
  return length === undefined
    ? read.endsWith('0\r\n\r\n')
    : read.length >= end + 4 + Number(length);
}
