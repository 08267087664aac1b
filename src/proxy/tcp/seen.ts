/** What logs and metrics see of a connection: `TCP balancer://NAME`, in the place of a request's line. */
import type { Socket } from 'node:net';
import type { Peer } from '../front.ts';
import type { Seen } from '../observe/sight.ts';

export function seen(socket: Socket, peer: Peer, balancer: string): Seen {
  const { remoteAddress, remotePort, localAddress, localPort } = peer;
  return {
    method: 'TCP',
    target: balancer,
    version: '',
    firstLine: `TCP ${balancer}`,
    rawHeaders: [],
    host: null,
    peer,
    remoteAddress,
    remotePort,
    localAddress,
    localPort,
    secure: false,
    ordinal: 1,
    persists: false,
    bytesIn: () => socket.bytesRead,
    bytesOut: () => socket.bytesWritten,
  };
}
