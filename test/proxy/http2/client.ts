/** A real HTTP/2 client, node:http2's, and what it is told. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { onTestFinished } from 'vitest';
import type { Rig } from '../rig.ts';

export function client(r: Pick<Rig, 'port'>): ClientHttp2Session {
  const session = connect(`https://a.test:${r.port}`, {
    lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }] as never, 4),
    rejectUnauthorized: false,
  });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

export interface Told {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  /** How the stream ended; 0: well. */
  readonly code: number;
}

export function answered(stream: ClientHttp2Stream): Promise<Told> {
  let headers: Record<string, unknown> = {};
  let body = '';
  stream.on('response', (found) => {
    headers = found;
  });
  stream.setEncoding('latin1');
  stream.on('data', (chunk) => {
    body += chunk;
  });
  stream.on('error', () => {});
  return new Promise((resolve) => {
    stream.on('close', () =>
      resolve({ status: headers[':status'] as number, headers, body, code: stream.rstCode }),
    );
  });
}

export const get = (session: ClientHttp2Session, path = '/', headers = {}) =>
  answered(session.request({ ':path': path, ...headers }));
