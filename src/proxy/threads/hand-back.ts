/** A process of its own, see `descriptors.ts`: sends back the socket that it was started with, and ends. */
import { Socket } from 'node:net';

/** Behind the standard streams and the channel. */
const INHERITED = 4;

const socket = new Socket({ fd: INHERITED, readable: false, writable: false });
const { _handle: handle } = socket as unknown as { readonly _handle: Socket };
process.send?.('socket', handle, {}, () => {
  if (process.connected) process.disconnect(); // else who started it is gone
});
