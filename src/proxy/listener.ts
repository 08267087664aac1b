/** Accepts connections at an address. Who serves them can be exchanged while it listens. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ListenConf } from '../config/config.ts';
import { LabError } from '../problems/errors.ts';
import type { Address } from './announce.ts';
import type { Front, Peer } from './front.ts';

/** A socket that is bound already, as a handle of node's own (`server.listen(handle)`), instead of the address. */
export interface How {
  readonly handle?: object;
  /** Told of every connection, when its front has it. */
  readonly accepted?: (socket: Socket) => void;
}

/** Turns of the event loop in each of which somebody was accepted, after which a listener that stops looks no more. */
const TURNS_MAX = 100;

/** What node:net has inside; `server.listen` takes one. */
export interface Handle {
  readonly fd: number;
  /** How many the system may have waiting; again while it listens, too. */
  listen(backlog: number): number;
  close(): void;
}

/** null: it does not listen. */
export function handleOf(server: Server): Handle | null {
  return (server as unknown as { readonly _handle: Handle | null })._handle;
}

export class Listener {
  /** Serves what is accepted from now on. */
  front: Front;
  readonly #server: Server;
  /** Connections so far. */
  #accepted = 0;
  /** It has stopped; resolves when the last connection has ended. */
  #ended: Promise<void> | null = null;

  constructor(front: Front) {
    this.front = front;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#accepted++;
      // The system does not know any more whose it was; what he sent may still be there to be read.
      if (socket.remoteAddress === undefined) socket.destroy();
      else this.front.serve(socket, peerOf(socket));
    });
  }

  /** Where it listens: the port is the one that the system gave. */
  get address(): Address {
    return addressOf(this.#server);
  }

  /** @throws LabError with the line of the Listen when it cannot be listened there. */
  listen(listen: ListenConf, { accepted, ...how }: How = {}): Promise<void> {
    const { host, port } = listen;
    const server = this.#server;
    if (accepted !== undefined) server.on('connection', accepted);
    return new Promise((resolve, reject) => {
      // Later ones tell of a connection that could not be accepted, for lack of descriptors say: others can.
      server.on('error', (error) => reject(cannotListen('Listen', listen, error)));
      server.listen({ port, ...(host === null ? {} : { host }), ...how }, resolve);
    });
  }

  /** Connections that came in here and are open. */
  get connections(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.getConnections((_, count) => resolve(count ?? 0));
    });
  }

  /**
   * Accepts whoever waits in the system, which would cut them off, and then nobody; resolves when it has. Meanwhile the
   * system takes one at a time, as few as it can be told to: the last may be cut off all the same.
   */
  async stop(): Promise<void> {
    handleOf(this.#server)?.listen(0);
    await setImmediate(); // from here to the next there is a whole turn
    for (let turns = 0, before = -1; turns < TURNS_MAX && before !== this.#accepted; turns++) {
      before = this.#accepted;
      await setImmediate();
    }
    this.#ended ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Stops; resolves when the last connection that came in here has ended. */
  async close(): Promise<void> {
    await this.stop();
    await this.#ended;
  }
}

export function addressOf(server: Server): Address {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

function peerOf(socket: Socket): Peer {
  return {
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    tls: null,
  };
}

/** Without a zone or the prefix of an IPv4 address in IPv6 notation. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7);
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

/** What to tell of a socket that cannot be had: `directive` and its line. */
export function cannotListen(
  directive: string,
  { host, port, place }: Pick<ListenConf, 'port' | 'place'> & { readonly host: string | null },
  error: NodeJS.ErrnoException,
): LabError {
  const why = unusable[error.code ?? ''] ?? error.message;
  const message = `${directive} ${host ?? '*'}:${port}: ${why}`;
  return new LabError([{ ...place, path: directive, message, code: 'VALUE', severity: 'error' }], {
    cause: error,
  });
}

const unusable: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already. Stop it, or choose another port.',
  EACCES: 'the system does not let you listen there. Choose a port from 1024 on.',
  EADDRNOTAVAIL: 'this machine has no such address.',
  ENOTFOUND: 'no address is known for this name.',
};
