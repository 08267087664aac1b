/** A worker that writes down every byte it gets, reads it strictly, and says which request it answers. */
import type { Socket } from 'node:net';
import { vi } from 'vitest';
import { rawBackend } from '../rig.ts';
import { Ambiguous, type Message, readRequest } from './wire.ts';

export interface Received extends Message {
  /** Counts the worker's connections, from 1. */
  readonly connection: number;
  /** The bytes of the whole request. */
  readonly text: string;
}

/** What is written back; null: nothing. */
export type Reply = (request: Received, socket: Socket) => string | null;

/** `METHOD target`, and the body if there is one. */
export function summary({ line, body }: Pick<Message, 'line' | 'body'>): string {
  const request = line.replace(/ HTTP\/1\.\d$/, '');
  return body === '' ? request : `${request} ${body}`;
}

/** 200, with the summary of the request for a body. */
export const says: Reply = (request) => {
  const body = summary(request);
  const shown = request.line.startsWith('HEAD ') ? '' : body;
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${shown}`;
};

export class Recorder {
  url = '';
  readonly received: Received[] = [];
  /** What could be read in more than one way. */
  readonly faults: string[] = [];
  connections = 0;
  reply: Reply;
  readonly #read: (text: string) => Message | null;

  constructor(reply: Reply, read: (text: string) => Message | null) {
    this.reply = reply;
    this.#read = read;
  }

  get summaries(): string[] {
    return this.received.map(summary);
  }

  async seen(count: number): Promise<void> {
    await vi.waitUntil(() => this.received.length >= count, { timeout: 20_000, interval: 5 });
  }

  serve(socket: Socket): void {
    const connection = ++this.connections;
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      try {
        for (let got = this.#read(text); got !== null; got = this.#read(text)) {
          const request = { ...got, connection, text: text.slice(0, got.end) };
          text = text.slice(got.end);
          this.received.push(request);
          const reply = this.reply(request, socket);
          if (reply !== null) socket.write(reply, 'latin1');
        }
      } catch (error) {
        if (!(error instanceof Ambiguous)) throw error;
        this.faults.push(`${error.message} in ${JSON.stringify(text.slice(0, 300))}`);
        socket.destroy();
      }
    });
  }
}

/** A worker that is gone after the test. `read`: how it takes requests out of what comes; strictly without it. */
export async function recorder(
  reply: Reply = says,
  read: (text: string) => Message | null = readRequest,
): Promise<Recorder> {
  const made = new Recorder(reply, read);
  made.url = (await rawBackend((socket) => made.serve(socket))).url;
  return made;
}
