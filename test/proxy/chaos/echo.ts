/** A backend that answers each request with what the request carried, and can go wrong in every way. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** `hang`: accepts and reads, answers nothing. `reset`: breaks off at each request. `down`: nobody listens. */
export type Mode = 'up' | 'hang' | 'reset' | 'down';

export class Echo {
  readonly name: string;
  port = 0;
  mode: Mode = 'down';
  /** Until when somebody may have met trouble here. Times are `performance.now()`. */
  troubleUntilMs = 0;
  /** Every nonce that arrived. */
  readonly seen = new Set<string>();
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  constructor(name: string) {
    this.name = name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From one mode to another; connections end with it, but for one that only starts to hang. */
  async turn(mode: Mode): Promise<void> {
    const before = this.mode;
    this.mode = mode;
    if (before !== 'up' || mode !== 'up') this.troubleUntilMs = Number.POSITIVE_INFINITY;
    if (mode === 'down' || before === 'hang') for (const socket of this.#sockets) socket.destroy();
    if (mode === 'down' && this.#server !== null) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.#server = null;
      await closed;
    }
    if (mode !== 'down' && this.#server === null) await this.#listen();
    if (mode === 'up') this.troubleUntilMs = performance.now();
  }

  async #listen(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let read = '';
    socket.setEncoding('latin1').on('data', (chunk) => {
      read += chunk;
      for (let end = read.indexOf('\r\n\r\n'); end >= 0; end = read.indexOf('\r\n\r\n')) {
        this.#answer(socket, read.slice(0, end));
        read = read.slice(end + 4);
      }
    });
  }

  #answer(socket: Socket, head: string): void {
    const nonce = /\r\nX-Nonce: (\S+)/i.exec(head)?.[1] ?? '';
    this.seen.add(nonce);
    if (this.mode === 'reset') socket.resetAndDestroy();
    if (this.mode !== 'up') return;
    const body = `${nonce} ${this.name}`;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
}
