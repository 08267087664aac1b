/**
 * Ports of five digits below those that the system hands out by itself: a member that is down must find its
 * port free when it comes back, and byte counts must not depend on the port.
 */
import { createServer } from 'node:net';

const FIRST = 11_000;
const COUNT = 20_000;

let next = FIRST + Math.floor(Math.random() * COUNT);

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = next + 1 < FIRST + COUNT ? next + 1 : FIRST;
    const port = next;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
