/**
 * The PROXY protocol in front of another front. Only whom the configuration trusts may say who the client is, and he
 * must; all others are cut off, but for the exceptions, who come without a header.
 */
import type { Socket } from 'node:net';
import type { ProxyConfig } from '../../config/config.ts';
import { firstBytes } from '../first-bytes.ts';
import type { Front, Peer } from '../front.ts';
import { plainAddress } from '../listener.ts';
import { inNetworks } from '../rules/access.ts';
import { serverFor } from '../rules/server.ts';
import { readProxyHeader } from './header.ts';

export class ProxyProtocolFront implements Front {
  readonly #config: ProxyConfig;
  readonly #front: Front;
  readonly #headerMs: number;
  readonly #pending = new Set<Socket>();

  /** `headerMs`: how long a header may take. */
  constructor(config: ProxyConfig, front: Front, headerMs: number) {
    this.#config = config;
    this.#front = front;
    this.#headerMs = headerMs;
  }

  serve(socket: Socket, peer: Peer): void {
    const { remoteAddress, localAddress, localPort } = peer;
    const server = serverFor(this.#config, localAddress, localPort, null);
    const { proxyProtocol } = this.#config.servers[server]!;
    if (proxyProtocol === undefined || inNetworks(proxyProtocol.exceptions, remoteAddress)) {
      this.#front.serve(socket, peer);
    } else if (inNetworks(proxyProtocol.from, remoteAddress)) this.#read(socket, peer);
    else socket.destroy();
  }

  drain(): void {
    this.#front.drain();
  }

  closeIdle(): void {
    this.#endPending();
    this.#front.closeIdle();
  }

  closeAll(): void {
    this.#endPending();
    this.#front.closeAll();
  }

  #endPending(): void {
    for (const socket of this.#pending) socket.destroy();
  }

  #read(socket: Socket, peer: Peer): void {
    this.#pending.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#pending.delete(socket));
    firstBytes(socket, this.#headerMs, readProxyHeader, (header, bytes) => {
      this.#pending.delete(socket);
      if (header === 'bad') {
        socket.destroy();
        return;
      }
      if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
      // The stream finds out in the next tick that it is not read from here any more.
      process.nextTick(() => {
        if (!socket.destroyed) this.#front.serve(socket, told(peer, header.client));
      });
    });
  }
}

function told(peer: Peer, client: { address: string; port: number } | null): Peer {
  if (client === null) return { ...peer, toldBy: peer.remoteAddress };
  const remoteAddress = plainAddress(client.address);
  return { ...peer, remoteAddress, remotePort: client.port, toldBy: peer.remoteAddress };
}
