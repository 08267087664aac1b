/** Load: a number of kept connections, each asking again as soon as it is answered. */
import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Sends `requests` GETs to `port` over `connections` kept connections, every one with the cookie of a session.
 * Resolves to the seconds it took. Rejects when anything but a 200 with 128 bytes comes back.
 */
export function load({ port, requests, connections, routes }) {
  const started = process.hrtime.bigint();
  let left = requests;
  let open = connections;
  return new Promise((resolve, reject) => {
    for (let i = 0; i < connections; i++) {
      const cookie = `ROUTEID=.${routes[i % routes.length]}`;
      const request = Buffer.from(
        `GET /app/page?q=${i} HTTP/1.1\r\nHost: bench.example\r\nUser-Agent: bench\r\nAccept: */*\r\nCookie: ${cookie}\r\n\r\n`,
      );
      client(
        port,
        request,
        () => left-- > 0,
        reject,
        () => {
          if (--open === 0) resolve(Number(process.hrtime.bigint() - started) / 1e9);
        },
      );
    }
  });
}

function client(port, request, more, fail, done) {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay();
  let received = Buffer.alloc(0);
  const next = () => {
    if (more()) socket.write(request);
    else {
      socket.removeAllListeners('close').destroy();
      done();
    }
  };
  socket.on('connect', next);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`port ${port} closed a kept connection`)));
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) return fail(new Error(head));
    if (received.length < bodyEnd(head, received, end + 4)) return;
    received = Buffer.alloc(0);
    next();
  });
}

/** Where the response ends: after its Content-Length, or after its last chunk. */
function bodyEnd(head, bytes, start) {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return start + Number(length);
  const last = bytes.indexOf('0\r\n\r\n', start);
  return last < 0 ? Number.POSITIVE_INFINITY : last + 5;
}
