/** A client's request over a connection of its own, down to the socket: what is measured is what a user would meet. */
import { connect } from 'node:net';
import { ATTEMPT_FIELD } from './backend-server.ts';

export interface Asking {
  /** Of the proxy. */
  readonly port: number;
  readonly target: string;
  /** Which attempt this is; see `ATTEMPT_FIELD`. */
  readonly attempt: number;
  /** A Cookie field's value; null: none. */
  readonly cookie: string | null;
}

export interface Answer {
  readonly status: number;
  /** Values of Set-Cookie. */
  readonly cookies: readonly string[];
}

const HEAD_END = '\r\n\r\n';

/**
 * Sends a GET and calls `done` once: with the answer as soon as it has come whole, with null when the connection ended
 * before that. Each request has a connection of its own, as the simulator's clients have: on one that is kept, httpd
 * takes a failing backend otherwise. Returns how to give up, after which `done` is not called.
 */
export function ask(asking: Asking, done: (answer: Answer | null) => void): () => void {
  const { port, target, attempt, cookie } = asking;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const told = cookie === null ? '' : `Cookie: ${cookie}\r\n`;
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: twin\r\nConnection: close\r\n${ATTEMPT_FIELD}: ${attempt}\r\n${told}\r\n`,
  );
  let head = '';
  let answer: Answer | null = null;
  let left = Number.POSITIVE_INFINITY;
  let isOver = false;
  const end = (result: Answer | null) => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    done(result);
  };
  socket.on('data', (bytes) => {
    if (answer !== null) left -= bytes.length;
    else {
      head += bytes.toString('latin1');
      const at = head.indexOf(HEAD_END);
      if (at < 0) return;
      answer = answerOf(head.slice(0, at));
      left = lengthOf(head.slice(0, at)) - (head.length - at - HEAD_END.length);
    }
    if (left <= 0) end(answer);
  });
  // Without a length the end of the connection is the end of the answer.
  socket.on('end', () => end(left === Number.POSITIVE_INFINITY ? answer : null));
  socket.on('error', () => end(null));
  socket.on('close', () => end(null));
  return () => {
    isOver = true;
    socket.destroy();
  };
}

function answerOf(head: string): Answer {
  const cookies = [...head.matchAll(/\r\nSet-Cookie: *([^\r\n]*)/gi)].map(([, value]) => value!);
  return { status: Number(head.split(' ', 2)[1]), cookies };
}

function lengthOf(head: string): number {
  const [, length] = /\r\nContent-Length: *(\d+)/i.exec(head) ?? [];
  return length === undefined ? Number.POSITIVE_INFINITY : Number(length);
}
