/** Clients whose connections go to a balancer as they are. */
import type { Socket } from 'node:net';
import type { Front, Peer } from '../front.ts';

/** Takes a connection to its balancer. */
export type Join = (socket: Socket, peer: Peer) => void;

export class TcpFront implements Front {
  readonly #join: Join;
  readonly #open = new Set<Socket>();

  constructor(join: Join) {
    this.#join = join;
  }

  serve(socket: Socket, peer: Peer): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    socket.on('error', () => socket.destroy());
    this.#join(socket, peer);
  }

  /** Nobody can be told that a connection shall end: those that are here go on until the deadline. */
  drain(): void {}

  /** Nor does anybody know of one that it is not needed. */
  closeIdle(): void {}

  /** Nobody shall take it for the end of what was to be said. */
  closeAll(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }
}
