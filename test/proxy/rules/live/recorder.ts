/** A backend that keeps the exact bytes it got and answers what it is told, and a client as plain. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Recorder implements AsyncDisposable {
  /** What arrived since the last `take`, one entry per request. */
  #heads: string[] = [];
  /** The next answer, latin1. */
  answer = '';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Recorder> {
    const server = createServer();
    const recorder = new Recorder(server);
    server.on('connection', (socket) => recorder.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** The requests so far, head and body. */
  take(): string[] {
    const heads = this.#heads;
    this.#heads = [];
    return heads;
  }

  #serve(socket: Socket): void {
    let got = '';
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      if (!isWhole(got)) return;
      this.#heads.push(got);
      got = '';
      socket.write(this.answer, 'latin1');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Whether a message is complete: head, and the body that its fields promise. */
function isWhole(text: string, bodiless = false): boolean {
  const end = text.indexOf('\r\n\r\n') + 4;
  if (end < 4) return false;
  const head = text.slice(0, end);
  if (bodiless) return true;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return text.endsWith('0\r\n\r\n');
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  return length === null ? !head.startsWith('HTTP/') : text.length - end >= Number(length[1]);
}

/** Sends `request` over a connection of its own. The answer, until it is complete or the other side closes. */
export function send(port: number, request: string, method: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('connect', () => socket.write(request, 'latin1'));
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      // Interim heads stand in front.
      const last = got.replace(/^(?:HTTP\/1\.\d 1\d\d.*?\r\n\r\n)*/s, '');
      const status = Number(last.slice(9, 12));
      const bodiless = method === 'HEAD' || status === 204 || status === 304;
      if (last !== '' && isWhole(last, bodiless)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(got));
  });
}
