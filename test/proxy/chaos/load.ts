/** A steady load: clients that keep their connections or do not, with a session or without, each request unlike all others. */
import { connect, type Socket } from 'node:net';

/** What became of one request. */
export interface Outcome {
  readonly nonce: string;
  /** Route of its session; null without one. */
  readonly route: string | null;
  readonly startMs: number;
  readonly endMs: number;
  /** 0: its connection ended without one byte of an answer. */
  readonly status: number;
  readonly body: string;
  /** An answer that began and did not end. */
  readonly cut: boolean;
  /** Not the first of its connection. */
  readonly reused: boolean;
}

export interface LoadConf {
  readonly port: number;
  readonly clients: number;
  /** Requests a second in all, at most. */
  readonly rate: number;
  /** Sessions: every second client has one of these. */
  readonly routes: readonly string[];
  readonly ended: (outcome: Outcome) => void;
}

const TICK_MS = 10;

export class Load {
  readonly #conf: LoadConf;
  #sent = 0;
  #credit = 0;
  #givenMs = performance.now();
  #running = true;
  readonly #waiting: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #clients: Promise<void>[];

  constructor(conf: LoadConf) {
    this.#conf = conf;
    this.#timer = setInterval(() => this.#give(), TICK_MS);
    this.#clients = Array.from({ length: conf.clients }, (_, i) => this.#client(i));
  }

  get sent(): number {
    return this.#sent;
  }

  /** Sends no more; resolves when every request has ended. */
  async stop(): Promise<void> {
    this.#running = false;
    clearInterval(this.#timer);
    for (const go of this.#waiting.splice(0)) go();
    await Promise.all(this.#clients);
  }

  #give(): void {
    const now = performance.now();
    const { rate } = this.#conf;
    this.#credit = Math.min(rate / 10, this.#credit + (rate * (now - this.#givenMs)) / 1000);
    this.#givenMs = now;
    while (this.#credit >= 1 && this.#waiting.length > 0) {
      this.#credit--;
      this.#waiting.shift()?.();
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#running) this.#waiting.push(resolve);
      else resolve();
    });
  }

  /** Every third client opens a connection for each request; the others keep theirs for as long as they can. */
  async #client(number: number): Promise<void> {
    const { routes, port, ended } = this.#conf;
    const route = number % 2 === 0 ? (routes[(number / 2) % routes.length] ?? null) : null;
    const keeps = number % 3 !== 0;
    let client: Client | null = null;
    for (;;) {
      await this.#turn();
      if (!this.#running) break;
      const reused = client !== null && !client.over;
      if (client === null || client.over) client = new Client(port);
      ended(await client.ask(String(this.#sent++), route, keeps, reused));
    }
    client?.socket.destroy();
  }
}

class Client {
  readonly socket: Socket;
  over = false;
  #read = '';
  #done: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.setEncoding('latin1').on('data', (chunk) => {
      this.#read += chunk;
      if (complete(this.#read)) this.#done();
    });
    this.socket.on('error', () => this.socket.destroy());
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => {
      this.over = true;
      this.#done();
    });
  }

  async ask(
    nonce: string,
    route: string | null,
    keeps: boolean,
    reused: boolean,
  ): Promise<Outcome> {
    const startMs = performance.now();
    const session = route === null ? '' : `Cookie: S=x.${route}\r\n`;
    const close = keeps ? '' : 'Connection: close\r\n';
    this.#read = '';
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      if (this.over) resolve();
      else
        this.socket.write(
          `GET / HTTP/1.1\r\nHost: x\r\nX-Nonce: ${nonce}\r\n${session}${close}\r\n`,
        );
    });
    const text = this.#read;
    const whole = complete(text);
    if (!keeps || /\r\nconnection: close/i.test(text)) {
      this.over = true;
      this.socket.end();
    }
    return {
      nonce,
      route,
      startMs,
      endMs: performance.now(),
      status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0),
      body: text.slice(text.indexOf('\r\n\r\n') + 4),
      cut: text !== '' && !whole,
      reused,
    };
  }
}

function complete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? Number.NaN);
  return text.length >= end + 4 + length;
}
