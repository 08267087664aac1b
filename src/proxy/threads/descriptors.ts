/**
 * Listening sockets that several threads accept from. Threads cannot pass each other sockets, and a thread that ends
 * closes the descriptors it has opened, so each needs one of its own of the same socket. Duplicates come back from a
 * child process: it inherits the descriptor, sends it back over its channel to whoever started it, and ends.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ListenConf } from '../../config/config.ts';
import type { Address } from '../announce.ts';
import { addressOf, cannotListen, type Handle, handleOf } from '../listener.ts';

/** A socket that listens: connections wait in it until somebody accepts them. */
export interface ListeningSocket {
  readonly address: Address;
  readonly fd: number;
  close(): void;
}

export function addressKey({ host, port }: ListenConf): string {
  return `${host ?? '*'} ${port}`;
}

/** @throws LabError with the line of the Listen when it cannot be listened there. */
export function listenOnly(listen: ListenConf): Promise<ListeningSocket> {
  const { host, port } = listen;
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen('Listen', listen, error)));
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      const address = addressOf(server);
      const own = ownHandle(handleOf(server)!.fd);
      server.close(); // before this thread could accept anything: the child has the socket already
      own.then(
        (handle) => resolve({ address, fd: handle.fd, close: () => handle.close() }),
        reject,
      );
    });
  });
}

/** A descriptor of this thread's own for the socket that `fd` is of, anywhere in this process. */
export function ownHandle(fd: number): Promise<Handle> {
  const child = fork(fileURLToPath(new URL('./hand-back.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', fd],
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the process that hands sockets back has failed')));
    child.once('message', (_, handle) => {
      const own = handle as unknown as Handle | undefined;
      if (own === undefined) reject(new Error('the socket was not handed back'));
      else resolve(own);
    });
  });
}
