/** A backend whose every answer the request's path asks for: whole, half, none, late, garbage. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

const LARGE = 'x'.repeat(60_000);
const END_OF_HEAD = Buffer.from('\r\n\r\n');

function whole(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** What each kind of request meets; the request's head and body are read before. */
const kinds: Readonly<Record<string, (socket: Socket) => void>> = {
  '/ok': (socket) => socket.write(whole('x'.repeat(128))),
  '/large': (socket) => socket.write(whole(LARGE)),
  '/chunked': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'),
  '/late': (socket) => setTimeout(() => socket.write(whole('late')), 20),
  '/reset': (socket) => socket.resetAndDestroy(),
  '/half': (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf`),
  '/garbage': (socket) => socket.end('not http at all\r\n\r\n'),
};

export async function startBackend(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    let read = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      read = read.length === 0 ? chunk : Buffer.concat([read, chunk]);
      const end = read.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const head = read.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (read.length < end + 4 + length) return;
      read = Buffer.alloc(0);
      const [, path = '/ok'] = /^\S+ ([^ ?]+)/.exec(head) ?? [];
      (kinds[path] ?? kinds['/ok'])?.(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as { port: number }).port, server };
}
