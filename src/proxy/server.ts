/**
 * The front over node:http: strict parsing, limits, timeouts. It makes a `ClientExchange` of every request and
 * knows nothing of balancers.
 */
import { createServer, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BodyWatch } from './body-watch.ts';
import { ClientConnection, type ClientSocket } from './client-connection.ts';
import { ClientExchange, FrontResponse } from './client-exchange.ts';
import type { Front, FrontOptions, Gateway, Peer } from './front.ts';
import { readClientHead } from './http1/client-head.ts';

export function createFront(gateway: Gateway, options: FrontOptions): Front {
  const state = { closing: false };
  const watch = new BodyWatch(options.bodySeconds, options.bodyBytesPerSecond);
  const server = createServer({
    IncomingMessage: incomingThatUpgrades(),
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
    const waitsForWorker = !socket.fairlead.idle && socket.writableLength === 0;
    if (waitsForWorker) socket.setTimeout(options.timeoutMs);
    else socket.destroy();
  });
  server.maxHeadersCount = 0; // else lines beyond it would vanish unseen; the gateway counts them

  const take = (message: IncomingMessage, response: FrontResponse, behind: Buffer | null) => {
    const connection = (message.socket as ClientSocket).fairlead;
    const head = readClientHead(message.rawHeaders, message.httpVersion);
    const exchange = new ClientExchange(
      connection,
      message,
      response,
      head,
      behind,
      losesWhatFollows(message),
    );
    if (exchange.body !== null) watch.add(message, () => connection.broke(408));
    connection.take(exchange);
  };
  const onRequest = (message: IncomingMessage, response: FrontResponse) =>
    take(message, response, null);
  server.on('request', onRequest);
  server.on('checkContinue', onRequest);
  server.on('checkExpectation', onRequest);
  const onUpgrade = (message: IncomingMessage, socket: Duplex, behind: Buffer) => {
    const client = socket as ClientSocket;
    const wanted =
      message.method === 'CONNECT' || options.upgradable(message.headers.upgrade ?? '');
    const timedOut = () => server.emit('timeout', socket);
    const response = responseOver(message, client, timedOut, () => giveBack(client, behind));
    if (wanted || saysClose(message)) response.shouldKeepAlive = false;
    take(message, response, wanted ? behind : null);
  };
  server.on('upgrade', onUpgrade);
  server.on('connect', onUpgrade);
  server.on('clientError', onClientError);
  server.emit('listening'); // else node:http would not watch over the time that heads take

  return {
    serve(socket: Socket, peer: Peer): void {
      (socket as ClientSocket).fairlead = new ClientConnection(socket, peer, gateway, state);
      server.emit('connection', socket);
    },
    closeIdle(): void {
      state.closing = true;
      server.closeIdleConnections();
    },
    closeAll(): void {
      server.closeAllConnections();
      server.close(); // ends the watch
    },
  };

  /** What came behind a plain request that node:http took for an upgrade is read as what it is. */
  function giveBack(socket: ClientSocket, behind: Buffer): void {
    if (behind.length > 0) socket.unshift(behind);
    socket.quietSince = socket.bytesRead;
    server.emit('connection', socket);
    socket.setTimeout(options.keepAliveMs);
  }

  function onClientError(error: NodeJS.ErrnoException, socket: ClientSocket): void {
    const quiet =
      error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.quietSince === socket.bytesRead;
    if (error.code === 'ECONNRESET' || !socket.writable || quiet) socket.destroy();
    else socket.fairlead.broke(statusOf(error));
  }
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/**
 * node:http has taken its hands off the socket; an answer that is no 101 goes out all the same. Until then nobody else
 * would notice that the client goes, or takes nothing.
 */
function responseOver(
  message: IncomingMessage,
  socket: ClientSocket,
  timedOut: () => void,
  done: () => void,
): FrontResponse {
  const response = new FrontResponse(message);
  const gone = () => socket.destroy();
  // What arrives stays in the socket's buffer, up to its limit; only the end is looked for.
  const arrived = () => {
    if (socket.readableLength === 0) socket.read(0);
  };
  socket.on('error', gone).on('end', gone).on('readable', arrived).on('timeout', timedOut);
  response.release = () => {
    response.detachSocket(socket);
    socket.off('error', gone).off('end', gone).off('readable', arrived).off('timeout', timedOut);
  };
  response.assignSocket(socket);
  response.on('finish', () => {
    const { exchange, shouldKeepAlive } = response;
    if (shouldKeepAlive) response.release();
    else socket.destroySoon();
    exchange?.closed();
    if (shouldKeepAlive && !socket.destroyed) done();
  });
  return response;
}

function saysClose({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion !== '1.1' || /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(headers.connection ?? '');
}

interface AskedToUpgrade extends IncomingMessage {
  asked?: boolean | null;
  upgrade?: boolean;
}

/**
 * Of a segment that a request to upgrade ends in, node:http forgets the rest if it reads on: what comes next could be
 * the middle of a request. So nothing may come next.
 */
function losesWhatFollows(message: IncomingMessage): boolean {
  const { asked, upgrade } = message as AskedToUpgrade;
  return asked === true && upgrade !== true;
}

/**
 * Requests that say `Upgrade` leave node:http's hands before anybody can look at them, and are given back if they are
 * plain ones for us, as most are (curl and Java ask for `h2c`). Not so those with a body, and those behind a request
 * under way: for node:http, which sets `upgrade` and asks for it, they are plain.
 */
function incomingThatUpgrades(): typeof IncomingMessage {
  return class extends IncomingMessage {
    /** What node:http says. Set by the constructor of the base class, so it cannot be private. */
    declare asked: boolean | null;
    declare leaves: boolean | undefined;

    get upgrade(): boolean {
      if (this.asked !== true) return false;
      this.leaves ??= leaves(this);
      return this.leaves;
    }

    set upgrade(asked: boolean | null) {
      this.asked = asked;
    }
  };
}

function leaves({ method, headers, socket }: IncomingMessage): boolean {
  if (method === 'CONNECT') return true;
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return !hasBody && (socket as ClientSocket).fairlead.idle;
}
