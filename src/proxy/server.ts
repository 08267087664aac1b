/**
 * The front over node:http: strict parsing, limits, timeouts. It makes a `ClientExchange` of every request and
 * knows nothing of balancers.
 */
import { createServer, IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { rawError } from './answer.ts';
import { BodyWatch } from './body-watch.ts';
import { ClientConnection, type ClientSocket } from './client-connection.ts';
import { ClientExchange, FrontResponse } from './client-exchange.ts';
import { readClientHead } from './client-head.ts';
import type { Gateway } from './front.ts';

export type FrontServer = Server<typeof IncomingMessage, typeof FrontResponse>;

export interface FrontOptions {
  /** Longest request line and header lines together. */
  readonly headerBytes: number;
  /** How long a request's head may take. */
  readonly headerMs: number;
  /** How long a body may pause, and how fast it must come on average. */
  readonly bodySeconds: number;
  readonly bodyBytesPerSecond: number;
  readonly keepAliveMs: number;
  /** How long a client may take nothing of an answer that is ready for it. */
  readonly timeoutMs: number;
  /** Whether some worker would take an upgrade to this protocol. All others are plain requests from the start. */
  readonly upgradable: (protocol: string) => boolean;
}

/** A server that is not listening yet. */
export function createFront(gateway: Gateway, options: FrontOptions): FrontServer {
  const watch = new BodyWatch(options.bodySeconds, options.bodyBytesPerSecond);
  const server = createServer({
    IncomingMessage: incomingThatUpgrades(options.upgradable),
    ServerResponse: FrontResponse,
    maxHeaderSize: options.headerBytes,
    headersTimeout: options.headerMs,
    requestTimeout: 0, // bodies have BodyWatch
    connectionsCheckingInterval: Math.min(1000, options.headerMs),
    keepAliveTimeout: options.keepAliveMs,
    requireHostHeader: false, // readClientHead says so, in the proxy's own words
    noDelay: true,
  });
  server.timeout = options.timeoutMs;
  server.on('timeout', (socket: ClientSocket) => {
    const waitsForWorker = socket.fairlead?.idle === false && socket.writableLength === 0;
    if (waitsForWorker) socket.setTimeout(options.timeoutMs);
    else socket.destroy();
  });
  server.maxHeadersCount = 0; // else lines beyond it would vanish unseen; the gateway counts them

  const take = (message: IncomingMessage, response: FrontResponse, behind: Buffer | null) => {
    const connection = connectionOf(message.socket, gateway, server);
    const head = readClientHead(message.rawHeaders, message.httpVersion);
    const exchange = new ClientExchange(connection, message, response, head, behind);
    if (exchange.body !== null) watch.add(message, () => connection.broke(408));
    connection.take(exchange);
  };
  const onRequest = (message: IncomingMessage, response: FrontResponse) =>
    take(message, response, null);
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  const onUpgrade = (message: IncomingMessage, socket: Duplex, behind: Buffer) => {
    const { idle } = connectionOf(socket as Socket, gateway, server);
    // Pipelined behind a request still under way: the connection can carry no answer to it any more.
    if (!idle) socket.destroy();
    else take(message, responseOver(message, socket as Socket), behind);
  };
  server.on('upgrade', onUpgrade);
  server.on('connect', onUpgrade);
  server.on('clientError', onClientError);
  return server;

  function onClientError(error: NodeJS.ErrnoException, socket: ClientSocket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (socket.fairlead) socket.fairlead.broke(statusOf(error));
    else {
      socket.end(rawError(statusOf(error)));
      socket.destroySoon();
    }
  }
}

function connectionOf(
  socket: ClientSocket,
  gateway: Gateway,
  server: FrontServer,
): ClientConnection {
  socket.fairlead ??= new ClientConnection(socket, gateway, server);
  return socket.fairlead;
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/** node:http has taken its hands off the socket; an answer that is no 101 goes out all the same, and ends it. */
function responseOver(message: IncomingMessage, socket: Socket): FrontResponse {
  const response = new FrontResponse(message);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
    response.exchange?.closed();
  });
  socket.on('error', () => socket.destroy());
  return response;
}

/**
 * Requests that say `Upgrade` leave node:http's hands before anybody can look at them. Most such wishes are not
 * granted (curl's `h2c`, for one), and then the request must be like any other, with body and kept-alive connection;
 * so `upgrade`, which node:http sets and asks, is true only where a worker might accept.
 */
function incomingThatUpgrades(upgradable: (protocol: string) => boolean): typeof IncomingMessage {
  return class extends IncomingMessage {
    /** What node:http says. Set by the constructor of the base class, so it cannot be private. */
    declare asked: boolean | null;

    get upgrade(): boolean {
      if (this.asked !== true) return false;
      if (this.method === 'CONNECT') return true;
      const { headers } = this;
      const hasBody =
        headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
      return !hasBody && upgradable(headers.upgrade ?? '');
    }

    set upgrade(asked: boolean | null) {
      this.asked = asked;
    }
  };
}
