/** Who serves the connections of an address, by what the configuration says of it. */
import type { Socket } from 'node:net';
import type { ListenConf, ProxyConfig, ServerConf, TcpConf } from '../config/config.ts';
import { membersOf } from '../config/parts.ts';
import { ClientCap } from './client-cap.ts';
import type { Clients } from './clients.ts';
import type { Front, FrontOptions, Gateway, Peer } from './front.ts';
import { Http1Front } from './http1/index.ts';
import { Http2Front } from './http2/index.ts';
import { ProxyProtocolFront } from './proxy-protocol/front.ts';
import { type Join, TcpFront } from './tcp/front.ts';
import { TlsFront } from './tls/tls-front.ts';

export interface ClientLimits {
  /** How long a request's head may take. Default 20 s. */
  readonly headerSeconds?: number;
  /** How long a request's body may pause in all, beyond a second for every 500 bytes. Default 20 s. */
  readonly bodySeconds?: number;
  /** As in `ProxyConfig`, before what that says. */
  readonly connectionsPerClient?: number;
}

/** How connections of an address are served. */
export interface Serving {
  /** Equal texts: one can do the other's work. */
  readonly settings: string;
  /** Of those who show certificates: whose are believed. */
  readonly believes: string;
  readonly front: Front;
}

/** A front that knows when the last of its connections is gone. */
export class AddressFront implements Front {
  readonly settings: string;
  readonly believes: string;
  readonly #front: Front;
  /** Connections. */
  open = 0;
  /** Called when there is none any more. */
  onEmpty: () => void = () => {};
  #retired: (() => void) | null = null;

  constructor({ settings, believes, front }: Serving) {
    this.settings = settings;
    this.believes = believes;
    this.#front = front;
  }

  serve(socket: Socket, peer: Peer): void {
    this.open++;
    socket.once('close', () => {
      if (--this.open > 0) return;
      this.onEmpty();
      this.#endIfOver();
    });
    this.#front.serve(socket, peer);
  }

  /** Another front takes what comes; connections that are here stay as long as they like. */
  retire(over: () => void): void {
    this.#retired = over;
    this.#endIfOver();
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

  #endIfOver(): void {
    if (this.#retired === null || this.open > 0) return;
    this.closeAll();
    this.#retired();
  }
}

/** An address, and what is said of it. `clients`: counts their connections at all addresses. */
export interface Spot {
  readonly config: ProxyConfig;
  readonly listen: ListenConf;
  readonly limits: ClientLimits;
  readonly clients: Clients;
}

/** Requests go to `gateway`. */
export function servingHttp(spot: Spot, gateway: Gateway): Serving {
  const { config, listen, limits } = spot;
  const protocols = upgradable(config);
  const numbers = numbersOf(serverAt(config, listen), limits);
  const most = connectionsPerClient(config, limits);
  const options: FrontOptions = {
    ...numbers,
    upgradable: (protocol) =>
      protocols.size > 0 && (protocols.has('any') || protocols.has(protocol.toLowerCase())),
  };
  const front = new Http1Front(gateway, options);
  const secure = config.servers.every(({ tls }) => tls === undefined)
    ? front
    : new TlsFront(config, front, new Http2Front(gateway, options), numbers.headerMs);
  return {
    settings: JSON.stringify([numbers, most, [...protocols].sort(), decisive(config)]),
    believes: JSON.stringify(config.servers.map(believedBy)),
    front: admitted(spot, secure),
  };
}

/** Connections of a `tcp` listener go to `join`, which finds their balancer by its name. */
export function servingTcp(spot: Spot, tcp: TcpConf, join: Join): Serving {
  const { config, limits } = spot;
  const [{ proxyProtocol: _, ...main }] = config.servers;
  const server = { ...main, ...(tcp.proxyProtocol && { proxyProtocol: tcp.proxyProtocol }) };
  const alone = { ...spot, config: { ...config, servers: [server] as const } };
  const { headerMs } = numbersOf(server, limits);
  const most = connectionsPerClient(config, limits);
  return {
    settings: JSON.stringify(['tcp', tcp, headerMs, most]),
    believes: '',
    front: admitted(alone, new TcpFront(join)),
  };
}

/** `front` for clients that have not too many connections, and behind who says whom they are. */
function admitted({ config, listen, limits, clients }: Spot, front: Front): Front {
  const most = connectionsPerClient(config, limits);
  const capped =
    most === 0 ? front : new ClientCap(front, most, config.servers, apart(clients, listen));
  const { headerMs } = numbersOf(serverAt(config, listen), limits);
  return config.servers.some(({ proxyProtocol }) => proxyProtocol !== undefined)
    ? new ProxyProtocolFront(config, capped, headerMs)
    : capped;
}

/** Holds connections until it is known who serves them: an address may be listened on before all others can be. */
export class WaitingFront implements Front {
  readonly #held: [Socket, Peer][] = [];

  serve(socket: Socket, peer: Peer): void {
    socket.on('error', () => socket.destroy());
    this.#held.push([socket, peer]);
  }

  handOver(front: Front): void {
    for (const [socket, peer] of this.#held.splice(0)) {
      if (!socket.destroyed) front.serve(socket, peer);
    }
  }

  drain(): void {
    this.closeAll();
  }

  closeIdle(): void {
    this.closeAll();
  }

  closeAll(): void {
    for (const [socket] of this.#held.splice(0)) socket.destroy();
  }
}

/** Whoever has all connections of a client may still look at the admin listener, and has as many there. */
function apart(clients: Clients, { admin }: ListenConf): Clients {
  if (admin === undefined) return clients;
  return { enter: (client, most) => clients.enter(`admin ${client}`, most) };
}

/** 0: any number. */
export function connectionsPerClient(config: ProxyConfig, limits: ClientLimits): number {
  return limits.connectionsPerClient ?? config.connectionsPerClient ?? 0;
}

/** Limits of clients at an address of `server`. */
export function numbersOf(
  { limits: { line, fieldSize }, timeoutNs, keepAliveTimeoutNs }: ServerConf,
  { headerSeconds = 20, bodySeconds = 20 }: ClientLimits,
): Omit<FrontOptions, 'upgradable'> {
  return {
    headerBytes: Math.max(16_384, line + fieldSize),
    headerMs: headerSeconds * 1000,
    bodySeconds,
    bodyBytesPerSecond: 500,
    timeoutMs: timeoutNs / 1e6,
    keepAliveMs: Math.max(1, keepAliveTimeoutNs / 1e6),
  };
}

/** Whose time limits hold before it is known which virtual host a request is for: the address's first one's. */
function serverAt(config: ProxyConfig, { host, port }: ListenConf): ServerConf {
  const [main, ...virtual] = config.servers;
  const at = virtual.find(({ addresses }) =>
    addresses.some(
      (address) =>
        (address.port === 0 || address.port === port) &&
        (address.host === '*' || host === null || address.host === host),
    ),
  );
  return at ?? main;
}

/** What decides whose certificate a client is shown, and who may say who he is; null: nothing does. */
function decisive({ servers }: ProxyConfig): readonly unknown[] | null {
  if (servers.every(({ tls, proxyProtocol }) => tls === undefined && proxyProtocol === undefined))
    return null;
  return servers.map(({ addresses, serverName, aliases, tls, proxyProtocol }) => [
    addresses,
    serverName?.host,
    aliases,
    tls,
    proxyProtocol,
  ]);
}

function believedBy({ tls }: ServerConf): readonly unknown[] | null {
  if (tls === undefined || tls.verifyClient === 'none') return null;
  const { verifyClient, verifyDepth, clientCa, crls } = tls;
  return [verifyClient, verifyDepth, clientCa, crls];
}

/** Protocols that some worker takes an upgrade to; `any` for all. */
function upgradable(config: ProxyConfig): ReadonlySet<string> {
  const taken = new Set(
    membersOf(config).flatMap(({ upgrade, url }) => [
      ...upgrade.toLowerCase().split(/[\s,]+/),
      ...(url.scheme.startsWith('ws') ? ['websocket'] : []),
    ]),
  );
  taken.delete('');
  return taken;
}
