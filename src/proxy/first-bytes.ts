/** The beginning of a connection, read before it is known who shall serve it. */
import type { Socket } from 'node:net';

/**
 * Gives all that has come so far to `read`, until that makes something of it, and then both to `then`, which puts back
 * what others shall read. A connection that ends before, or takes longer than `waitMs`, is destroyed.
 */
export function firstBytes<Found>(
  socket: Socket,
  waitMs: number,
  read: (bytes: Buffer) => Found | 'more',
  then: (found: Found, bytes: Buffer) => void,
): void {
  let bytes = Buffer.alloc(0);
  const gone = () => socket.destroy();
  const timer = setTimeout(gone, waitMs);
  const done = () => {
    clearTimeout(timer);
    socket.off('readable', arrived).off('end', gone).off('close', done);
  };
  const arrived = () => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    }
    const found = read(bytes);
    if (found === 'more') return;
    done();
    then(found, bytes);
  };
  socket.on('readable', arrived).on('end', gone).on('close', done);
}
