/** What goes to a client over its connection, and whether the client takes it. */
import type { Socket } from 'node:net';

/** Who is told how it goes. */
export interface OutputOwner {
  /** The client is slow to take what is sent, or no longer. */
  pressureChanged(): void;
  /** After the client was slow: nothing waits any more. */
  sentAll(): void;
}

export class Output {
  /** Sent so far. */
  bytes = 0;
  /** The client is slow. */
  pressed = false;
  readonly #socket: Socket;
  readonly #secure: boolean;
  readonly #timeoutMs: number;
  readonly #owner: OutputOwner;

  /** `secure`: over TLS. `timeoutMs`: how long the client may take nothing before its socket tells of a timeout. */
  constructor(socket: Socket, secure: boolean, timeoutMs: number, owner: OutputOwner) {
    this.#socket = socket;
    this.#secure = secure;
    this.#timeoutMs = timeoutMs;
    this.#owner = owner;
  }

  /** The system has taken all that was sent. */
  get sentAll(): boolean {
    const socket = this.#socket;
    return socket.writableLength === 0 && socket.errored === null && !socket.destroyed;
  }

  /** Sends text of one byte a character. False: wait until the client has taken some. */
  send(text: string): boolean {
    return this.#sent(this.#write(text));
  }

  /** The same with bytes between two texts, which may be empty, in one write. */
  sendTogether(before: string, bytes: Buffer, after: string): boolean {
    const socket = this.#socket;
    const own = Buffer.from(bytes);
    if (before === '' && after === '') return this.#sent(this.#write(own));
    socket.cork();
    if (before !== '') this.#write(before);
    let more = this.#write(own);
    if (after !== '') more = this.#write(after);
    socket.uncork();
    return this.#sent(more);
  }

  /**
   * Most writes are taken by the system at once, and then it is known without being asked for, which would cost a tick
   * each. Over TLS none is.
   */
  #write(data: string | Buffer): boolean {
    this.bytes += data.length;
    const taken = this.#secure ? this.#taken : undefined;
    return typeof data === 'string'
      ? this.#socket.write(data, 'latin1', taken)
      : this.#socket.write(data, taken);
  }

  #sent(more: boolean): boolean {
    if (this.#socket.writableLength > 0) this.#press();
    return more;
  }

  #press(): void {
    if (this.pressed) return;
    this.pressed = true;
    this.#socket.setTimeout(this.#timeoutMs);
    if (!this.#secure) this.#ask();
    this.#owner.pressureChanged();
  }

  /** An empty write is done when all before it is. */
  #ask(): void {
    this.#socket.write('', this.#taken);
  }

  readonly #taken = (): void => {
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (socket.writableLength > 0) {
      if (!this.#secure) this.#ask();
      return;
    }
    if (this.pressed) {
      this.pressed = false;
      socket.setTimeout(0);
      this.#owner.pressureChanged();
    }
    this.#owner.sentAll();
  };
}
