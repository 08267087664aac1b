/**
 * Node gives what comes over a connection to its stream's `push`. Where the stream would do nothing but pass it on, it
 * goes to `take` directly, without a tick for each piece; otherwise, and if Node should come to do without `push`,
 * it comes as `data`.
 */
import type { Socket } from 'node:net';

/** Returns what ends it. */
export function shortcut(socket: Socket, take: (bytes: Buffer) => void): () => void {
  const push = socket.push;
  socket.push = (bytes: unknown, encoding?: BufferEncoding): boolean => {
    const passes = socket.readableFlowing === true && socket.readableLength === 0;
    if (!passes || !Buffer.isBuffer(bytes)) return push.call(socket, bytes, encoding);
    take(bytes);
    return true;
  };
  return () => {
    socket.push = push;
  };
}
