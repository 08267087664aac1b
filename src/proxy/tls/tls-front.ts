/**
 * TLS in front of another front. Which virtual host a handshake is for is read from its first message; the handshake
 * is Node's. Addresses whose first virtual host has no SSLEngine On are served in the clear.
 */
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import type { ProxyConfig } from '../../config/config.ts';
import type { ServerTls } from '../../config/tls.ts';
import { rawError } from '../answer.ts';
import { firstBytes } from '../first-bytes.ts';
import type { Front, Peer } from '../front.ts';
import { serverFor } from '../rules/server.ts';
import { readClientHello } from './client-hello.ts';
import { clientVerified, tlsHost } from './hosts.ts';
import { tlsVariable } from './variables.ts';

const SPEAKS_PLAIN =
  'This port speaks TLS, and the request came in the clear. Use the https scheme to access it.';

/** How long a connection that is refused is read from, so that the client sees why. */
const LINGER_MS = 2000;

/** A handshake under way. */
interface Shaking {
  readonly socket: Socket;
  readonly peer: Peer;
  readonly conf: ServerTls;
  readonly serverName: string | null;
}

export class TlsFront implements Front {
  readonly #config: ProxyConfig;
  readonly #http: Front;
  readonly #http2: Front;
  readonly #handshakeMs: number;
  /** By the index of their virtual host. */
  readonly #hosts = new Map<number, Server>();
  /** Connections that are not served yet. */
  readonly #pending = new Set<Socket>();
  /** By both ends of the connection: Node does not tell which socket a handshake was for. */
  readonly #shaking = new Map<string, Shaking>();

  /** `handshakeMs`: how long a handshake may take. */
  constructor(config: ProxyConfig, http: Front, http2: Front, handshakeMs: number) {
    this.#config = config;
    this.#http = http;
    this.#http2 = http2;
    this.#handshakeMs = handshakeMs;
    config.servers.forEach(({ tls }, index) => {
      if (tls === undefined) return;
      const host = tlsHost(tls, handshakeMs);
      host.on('secureConnection', (socket) => this.#shaken(socket));
      host.on('tlsClientError', (_, socket) => socket.destroy());
      this.#hosts.set(index, host);
    });
  }

  serve(socket: Socket, peer: Peer): void {
    const first = serverFor(this.#config, peer.localAddress, peer.localPort, null);
    if (!this.#hosts.has(first)) {
      this.#http.serve(socket, peer);
      return;
    }
    this.#pending.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#pending.delete(socket));
    firstBytes(socket, this.#handshakeMs, readClientHello, (hello, bytes) => {
      if (hello === 'other') {
        refuse(socket, bytes);
        return;
      }
      socket.unshift(bytes);
      this.#shake(socket, peer, first, hello.serverName);
    });
  }

  drain(): void {
    this.#http.drain();
    this.#http2.drain();
  }

  closeIdle(): void {
    for (const socket of this.#pending) socket.destroy();
    this.#http.closeIdle();
    this.#http2.closeIdle();
  }

  closeAll(): void {
    for (const socket of this.#pending) socket.destroy();
    this.#http.closeAll();
    this.#http2.closeAll();
  }

  #shake(socket: Socket, peer: Peer, first: number, serverName: string | null): void {
    const named = serverName === null ? first : this.#serverNamed(peer, serverName);
    const server = this.#hosts.has(named) ? named : first;
    const ends = endsOf(socket);
    const conf = this.#config.servers[server]!.tls!;
    this.#shaking.set(ends, { socket, peer, conf, serverName });
    socket.once('close', () => this.#shaking.delete(ends));
    this.#hosts.get(server)!.emit('connection', socket);
  }

  #serverNamed({ localAddress, localPort }: Peer, name: string): number {
    return serverFor(this.#config, localAddress, localPort, name);
  }

  #shaken(socket: TLSSocket): void {
    const shaking = this.#shaking.get(endsOf(socket));
    if (shaking === undefined) {
      socket.destroy();
      return;
    }
    const { peer, conf, serverName } = shaking;
    this.#pending.delete(shaking.socket);
    if (!clientVerified(socket, conf)) {
      socket.destroy();
      return;
    }
    const variable = (name: string) => tlsVariable(socket, serverName, name);
    const front = socket.alpnProtocol === 'h2' ? this.#http2 : this.#http;
    front.serve(socket, { ...peer, tls: { conf, serverName, variable } });
  }
}

/** Who speaks HTTP is told so, as httpd does; others could not read it. */
function refuse(socket: Socket, bytes: Buffer): void {
  if (!/^[A-Z]{3,}/.test(bytes.toString('latin1', 0, 8))) {
    socket.destroy();
    return;
  }
  socket.end(rawError(400, SPEAKS_PLAIN));
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
