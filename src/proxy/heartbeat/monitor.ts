/**
 * The heartbeat monitor (spec: httpd 7.2, 7.3): hears servers by datagram or POST, and tells the balancers every five
 * seconds, over memory or over the storage file. Without a listener it only reads the file, which another monitor
 * writes.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { HeartbeatConf } from '../../config/config.ts';
import type { Group } from '../group.ts';
import { type Beat, datagramBeat, MESSAGE_BYTES } from './message.ts';
import { readStorage, type Stored } from './storage.ts';
import { StorageFile } from './storage-file.ts';

const PUBLISH_MS = 5000;
/** A server that was not heard for longer is forgotten. */
const FORGET_NS = 30e9;
/** How often the storage file is looked at; httpd looks at every pick. */
const READ_MS = 100;

interface Heard extends Beat {
  readonly seenNs: number;
}

/** Takes what a server posted to whoever hears for all. */
export type Relay = (server: string, beat: Beat) => void;

export class HeartbeatMonitor {
  readonly #conf: HeartbeatConf;
  #groups: readonly Group[];
  readonly #now: () => number;
  readonly #relay: Relay | null;
  readonly #heard = new Map<string, Heard>();
  readonly #file: StorageFile;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** With `relay` it only takes posts, for another monitor. */
  constructor(
    conf: HeartbeatConf,
    groups: readonly Group[],
    now: () => number,
    relay: Relay | null = null,
  ) {
    this.#conf = conf;
    this.#groups = groups;
    this.#now = now;
    this.#relay = relay;
    this.#file = new StorageFile(conf.storage);
  }

  /** Takes a line when the storage file cannot be written. */
  set log(log: (line: string) => void) {
    this.#file.log = log;
  }

  /** Whether POSTs are taken. */
  get listens(): boolean {
    return this.#conf.listen !== null;
  }

  /** Over memory, else over the file. */
  get #inMemory(): boolean {
    return this.listens && this.#conf.maxServers > 0;
  }

  /** Rejects when the address cannot be listened on. */
  async start(): Promise<void> {
    if (this.#relay !== null) return;
    const { listen } = this.#conf;
    if (listen !== null) this.#socket = await listening(listen.host, listen.port);
    this.#socket?.on('message', (bytes, { address }) => {
      const beat = bytes.length <= MESSAGE_BYTES ? datagramBeat(bytes) : null;
      if (beat !== null) this.#hear(address, beat);
    });
    if (!this.#inMemory) this.#read();
    const every = this.#inMemory ? PUBLISH_MS : READ_MS;
    let publishNs = this.#now() + PUBLISH_MS * 1e6;
    this.#timer = setInterval(() => {
      if (this.listens && (this.#inMemory || this.#now() >= publishNs)) {
        publishNs += PUBLISH_MS * 1e6;
        this.#publish();
      }
      if (!this.#inMemory) this.#read();
    }, every).unref();
  }

  /** A POST of a server: published at once. */
  post(server: string, beat: Beat): void {
    if (this.#relay !== null) {
      this.#relay(server, beat);
      return;
    }
    this.#hear(server, beat);
    if (this.#inMemory) this.#publish();
    else this.#write();
  }

  /** Takes over what `other` has heard. */
  inherit(other: HeartbeatMonitor): void {
    for (const [server, heard] of other.#heard) this.#heard.set(server, heard);
  }

  /** Tells these balancers from now on, and at once. */
  tell(groups: readonly Group[]): void {
    this.#groups = groups;
    if (this.#relay !== null) return;
    if (this.#inMemory) this.#publish();
    else this.#read();
  }

  close(): void {
    this.#groups = []; // a post may still come
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#socket?.close();
    this.#socket = null;
  }

  #hear(server: string, beat: Beat): void {
    const { maxServers } = this.#conf;
    const isNew = !this.#heard.has(server);
    if (isNew && maxServers > 0 && this.#heard.size >= maxServers) return;
    this.#heard.set(server, { ...beat, seenNs: this.#now() });
  }

  #publish(): void {
    for (const [server, { seenNs }] of this.#heard) {
      if (this.#now() - seenNs > FORGET_NS) this.#heard.delete(server);
    }
    if (!this.#inMemory) this.#write();
    else
      for (const [server, { ready, busy, seenNs }] of this.#heard)
        this.#tell(server, ready, busy, seenNs);
  }

  #write(): void {
    const now = this.#now();
    this.#file.write(
      Array.from(this.#heard, ([server, heard]) => {
        const lastseen = Math.floor((now - heard.seenNs) / 1e9);
        return [server, { ...heard, lastseen }] as const;
      }),
    );
  }

  #stored: ReadonlyMap<string, Stored> = new Map();
  #stamp = '';

  /** The stored age is an age for ever: nobody adds the file's own. */
  #read(): void {
    try {
      const { mtimeMs, size, ino } = statSync(this.#conf.storage);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      if (stamp !== this.#stamp)
        this.#stored = readStorage(readFileSync(this.#conf.storage, 'latin1'));
      this.#stamp = stamp;
    } catch {
      this.#stored = new Map(); // without a file nobody is known
      this.#stamp = '';
    }
    const now = this.#now();
    for (const [server, { ready, busy, lastseen }] of this.#stored) {
      this.#tell(server, ready, busy, now - Math.max(0, lastseen) * 1e9);
    }
  }

  /** Members are known by the text of their host: a name never matches an address. */
  #tell(server: string, ready: number, busy: number, seenNs: number): void {
    for (const { balancer, members } of this.#groups) {
      const worker = members.findIndex(({ url }) => url.host === server);
      if (worker >= 0) balancer.heartbeat(worker, ready, busy, seenNs);
    }
  }
}

async function listening(host: string, port: number): Promise<Socket> {
  const six = isIPv6(host);
  const socket = createSocket({ type: six ? 'udp6' : 'udp4', reuseAddr: true });
  socket.bind(port, host);
  await once(socket, 'listening');
  const multicast = six ? /^ff/i.test(host) : /^(?:22[4-9]|23\d)\./.test(host);
  if (multicast) {
    socket.addMembership(host);
    try {
      socket.addMembership(host, six ? '::1' : '127.0.0.1'); // servers on this machine, too
    } catch {
      // Not every system lets groups be joined there.
    }
  }
  return socket;
}
