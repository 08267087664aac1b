/** A proxy that hands on connections, between real sockets: a YAML file as text, servers that a test scripts. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProxyConfig } from '../../../src/config/config.ts';
import { type ProxyOptions, startProxy } from '../../../src/proxy/proxy.ts';
import { proxyConfigOf } from '../../../src/scenario/proxy-config.ts';
import { onFreePorts, Rig } from '../rig.ts';

/** What a file of these lines says, on free ports. */
export function yaml(lines: string): ProxyConfig {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-tcp-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'proxy.yaml');
  writeFileSync(file, lines);
  return onFreePorts(proxyConfigOf(file));
}

/** A listener for a balancer of these workers, each its URL and perhaps more. */
export function handing(workers: readonly string[], settings = '', listen = ''): string {
  const list = workers.map((worker) => `{ url: ${worker} }`).join(', ');
  return `listen: [ { tcp: 127.0.0.1:8${listen} } ]
balancers: { c: { ${settings === '' ? '' : `${settings}, `}workers: [ ${list} ] } }
`;
}

export async function tcpRig(lines: string, options: ProxyOptions = {}): Promise<Rig> {
  const rig = new Rig(await startProxy(yaml(lines), { rng: [1, 2, 3, 4], ...options }));
  onTestFinished(() => rig.proxy.close(0));
  return rig;
}

/** A server: its URL, and the connections that it has had. */
export interface Server {
  readonly url: string;
  readonly sockets: Socket[];
}

/** By default says its name, and then back what it hears. */
export async function server(name: string, serve = greeting(name)): Promise<Server> {
  const sockets: Socket[] = [];
  const listener = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { url: `tcp://127.0.0.1:${(listener.address() as AddressInfo).port}`, sockets };
}

function greeting(name: string) {
  return (socket: Socket): void => {
    socket.write(name);
    socket.pipe(socket);
  };
}

/** A connection that may be half-closed from either side; `localAddress`: where it comes from. */
export async function dial(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, localAddress });
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** All that comes, until the other side ends it; how it ended: `end`, or the error's code. */
export async function everything(socket: Socket): Promise<{ text: string; how: string }> {
  let text = '';
  socket.resume().on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const how = await new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  return { text, how };
}

/** The next bytes. */
export async function next(socket: Socket): Promise<string> {
  socket.resume();
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return chunk.toString('latin1');
}
