/** How many connections of one client's address are served at a time; others are closed. */
import type { Socket } from 'node:net';
import type { ServerConf } from '../config/config.ts';
import type { Clients } from './clients.ts';
import type { Front, Peer } from './front.ts';
import { inNetworks } from './rules/access.ts';

export class ClientCap implements Front {
  readonly #front: Front;
  readonly #most: number;
  /** Those of proxies that tell in a header who the client is: many clients are behind one. */
  readonly #proxies: readonly string[];
  readonly #clients: Clients;

  constructor(front: Front, most: number, servers: readonly ServerConf[], clients: Clients) {
    this.#front = front;
    this.#most = most;
    this.#clients = clients;
    this.#proxies = servers.flatMap(({ remoteIp }) =>
      (remoteIp?.proxies ?? []).flatMap(({ networks }) => networks),
    );
  }

  serve(socket: Socket, peer: Peer): void {
    const { remoteAddress } = peer;
    if (!inNetworks(this.#proxies, remoteAddress)) {
      const left = this.#clients.enter(remoteAddress, this.#most);
      if (left === null) {
        socket.destroy();
        return;
      }
      socket.once('close', left);
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
}
