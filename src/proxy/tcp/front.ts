/** Clients whose connections go to a balancer as they are. */
import type { Socket } from 'node:net';
import type { Front, Peer } from '../front.ts';

/** A client's connection and what became of it: there for as long as one of its two sides is. */
export interface Joined {
  /** Ends both sides, at once. */
  broken(): void;
}

/** Takes a connection to its balancer, and is in `open` until it has ended. */
export type Join = (socket: Socket, peer: Peer, open: Set<Joined>) => void;

export class TcpFront implements Front {
  readonly #join: Join;
  readonly #open = new Set<Joined>();

  constructor(join: Join) {
    this.#join = join;
  }

  serve(socket: Socket, peer: Peer): void {
    socket.on('error', () => socket.destroy());
    this.#join(socket, peer, this.#open);
  }

  /** Nobody can be told that a connection shall end: those that are here go on until the deadline. */
  drain(): void {}

  /** Nor does anybody know of one that it is not needed. */
  closeIdle(): void {}

  /** Nobody shall take it for the end of what was to be said. */
  closeAll(): void {
    for (const joined of this.#open) joined.broken();
  }
}
