/**
 * The server behind one worker: real sockets, and no mind of its own. Whoever has it is told of each request and says
 * what is answered, and when. It reads requests without bodies, which is all that is sent here.
 */
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** The field by which a request says which attempt it is; requests without are health checks. */
export const ATTEMPT_FIELD = 'X-Twin';

const ATTEMPT = new RegExp(`\\r\\n${ATTEMPT_FIELD}: (\\d+)\\r\\n`, 'i');
const HEAD_END = '\r\n\r\n';
/** Bodies are zeros, written in pieces of this. */
const ZEROS = Buffer.alloc(1 << 16);

export interface BackendEvents {
  /** `attempt`: null for a health check. */
  asked(connection: BackendConnection, attempt: number | null): void;
  /** The proxy has closed a connection, or it was reset. */
  gone(connection: BackendConnection): void;
}

/** A connection with one request under way, or none. */
export class BackendConnection {
  readonly worker: number;
  /** Requests so far. */
  requests = 0;
  readonly #socket: Socket;
  readonly #events: BackendEvents;
  #head = '';
  /** Of the request under way. */
  #bodiless = false;
  #isLast = false;

  constructor(worker: number, socket: Socket, events: BackendEvents) {
    this.worker = worker;
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => events.gone(this));
  }

  /** Answers the request under way with a body of `bytes`. */
  answer(code: number, bytes: number): void {
    const socket = this.#socket;
    const close = this.#isLast ? 'Connection: close\r\n' : '';
    socket.write(
      `HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n${close}Content-Length: ${bytes}${HEAD_END}`,
    );
    for (let left = this.#bodiless ? 0 : bytes; left > 0; left -= ZEROS.length) {
      socket.write(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
    }
    if (this.#isLast) socket.end();
  }

  close(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #read(bytes: Buffer): void {
    this.#head += bytes.toString('latin1');
    if (!this.#head.endsWith(HEAD_END)) return;
    const head = this.#head;
    this.#head = '';
    this.requests++;
    this.#bodiless = head.startsWith('HEAD ');
    this.#isLast = /^\S+ \S+ HTTP\/1\.0\r\n|\r\nConnection: close\r\n/i.test(head);
    const attempt = ATTEMPT.exec(head)?.[1];
    this.#events.asked(this, attempt === undefined ? null : Number(attempt));
  }
}

export class BackendServer {
  readonly worker: number;
  /** Kept while it is down. */
  port = 0;
  readonly #events: BackendEvents;
  readonly #connections = new Set<BackendConnection>();
  #server: Server | null = null;

  constructor(worker: number, events: BackendEvents) {
    this.worker = worker;
    this.#events = {
      asked: (connection, attempt) => events.asked(connection, attempt),
      gone: (connection) => {
        this.#connections.delete(connection);
        events.gone(connection);
      },
    };
  }

  get isUp(): boolean {
    return this.#server !== null;
  }

  /** Resolves when it listens, at the port that it had before if it had one. */
  async up(): Promise<void> {
    const server = createServer((socket) => {
      this.#connections.add(new BackendConnection(this.worker, socket, this.#events));
    });
    this.#server = server;
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
  }

  /** Connections are refused from now on. */
  down(): void {
    this.#server?.close();
    this.#server = null;
  }

  /** Every connection is reset. */
  reset(): void {
    for (const connection of [...this.#connections]) connection.reset();
  }
}
