/** How many connections of one client's address are served at a time; others are closed. */
import type { Socket } from 'node:net';
import type { ServerConf } from '../config/config.ts';
import type { Front, Peer } from './front.ts';
import { inNetworks } from './rules/access.ts';

export class ClientCap implements Front {
  readonly #front: Front;
  readonly #most: number;
  /** Those of proxies that tell in a header who the client is: many clients are behind one. */
  readonly #proxies: readonly string[];
  readonly #open = new Map<string, number>();

  constructor(front: Front, most: number, servers: readonly ServerConf[]) {
    this.#front = front;
    this.#most = most;
    this.#proxies = servers.flatMap(({ remoteIp }) =>
      (remoteIp?.proxies ?? []).flatMap(({ networks }) => networks),
    );
  }

  serve(socket: Socket, peer: Peer): void {
    const { remoteAddress } = peer;
    if (!inNetworks(this.#proxies, remoteAddress)) {
      const others = this.#open.get(remoteAddress) ?? 0;
      if (others >= this.#most) {
        socket.destroy();
        return;
      }
      this.#open.set(remoteAddress, others + 1);
      socket.once('close', () => this.#left(remoteAddress));
    }
    this.#front.serve(socket, peer);
  }

  drain(): void {
    this.#front.drain();
  }

  closeIdle(): void {
    this.#front.closeIdle();
  }

  closeAll(): void {
    this.#front.closeAll();
  }

  #left(client: string): void {
    const others = this.#open.get(client)! - 1;
    if (others > 0) this.#open.set(client, others);
    else this.#open.delete(client);
  }
}
