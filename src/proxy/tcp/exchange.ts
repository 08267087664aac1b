/**
 * One client's connection, from when it is accepted until both sides have ended: the core's exchange with a tunnel between
 * two sockets. The pick happens as soon as the connection is there; nothing of it is read before a worker is
 * connected to, so that another one may take it until then, and none afterwards.
 */
import type { Socket } from 'node:net';
import { outcomes, type Step } from '../../core/index.ts';
import type { ConnectListener, Failure, Try } from '../backend/backend.ts';
import type { Tunnel } from '../backend/tunnel.ts';
import { nowNs } from '../clock.ts';
import type { Peer } from '../front.ts';
import type { Group, Opened, Waiter } from '../group.ts';
import type { Sight } from '../observe/sight.ts';
import { keyFor } from '../passage.ts';
import { clientHeader } from '../proxy-protocol/own-header.ts';
import { type TunnelWatch, tunnel } from '../tunnel.ts';
import type { Joined } from './front.ts';

const nothing = Buffer.alloc(0);

/** What a CONNECT would be answered that comes to a worker. */
const JOINED = 200;

export class TcpExchange implements Waiter, ConnectListener, TunnelWatch, Joined {
  readonly #group: Group;
  readonly #client: Socket;
  readonly #peer: Peer;
  /** null: nobody looks. */
  readonly #sight: Sight | null;
  /** Those that have not ended, among them this one. */
  readonly #open: Set<Joined>;
  readonly #exchange: Opened;
  #opening: Pick<Try, 'abort'> | null = null;
  #worker: Tunnel | null = null;
  #broken = false;

  constructor(group: Group, client: Socket, peer: Peer, sight: Sight | null, open: Set<Joined>) {
    this.#group = group;
    this.#client = client;
    this.#peer = peer;
    this.#sight = sight;
    this.#open = open;
    this.#exchange = group.start(this, null, false);
  }

  start(): void {
    const { balancer, exchanges } = this.#group;
    this.#open.add(this);
    this.#client.once('close', () => this.#closed());
    const key = keyFor(balancer, this.#peer, '');
    this.proceed(exchanges.begin(this.#exchange, nowNs(), key));
  }

  /** Does what the core says. */
  proceed(step: Step): void {
    this.#sight?.proceeded(this.#group, this.#exchange, step);
    if (step === 'wait') this.#group.settled();
    else if (this.#client.closed) this.#end();
    else if (step === 'dispatch') this.#connect();
    else this.#client.destroy();
  }

  connected(): boolean {
    const step = this.#group.exchanges.connected(this.#exchange, nowNs());
    if (step === 'send') {
      this.#sight?.connected();
      return true;
    }
    this.#opening = null;
    this.#sight?.failed('becameUnusable');
    this.proceed(step);
    this.#group.settled();
    return false;
  }

  opened(worker: Tunnel): void {
    this.#opening = null;
    this.#worker = worker;
    worker.once('close', () => this.#closed());
    if (this.#sight !== null) {
      this.#sight.status = JOINED;
      this.#sight.headNs = nowNs();
    }
    tunnel(this.#client, nothing, worker, nothing, this.#member.timeoutNs, this);
  }

  failed(why: Failure, _: number, detail: string): void {
    const { exchanges } = this.#group;
    this.#opening = null;
    this.#sight?.failed(why);
    this.#group.failed(this.#exchange.worker, why, detail);
    this.proceed(exchanges.settle(this.#exchange, outcomes[why], 0, nowNs()));
    this.#group.settled();
  }

  fromClient(bytes: number): void {
    this.#group.exchanges.sent(this.#exchange, bytes);
  }

  fromWorker(bytes: number): void {
    this.#group.exchanges.received(this.#exchange, bytes);
    if (this.#sight !== null) this.#sight.bodyBytes += bytes;
  }

  /** Neither side may take it for the end of what was to be said. */
  broken(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#client.resetAndDestroy();
    this.#worker?.reset();
  }

  get #member() {
    return this.#group.members[this.#exchange.worker]!;
  }

  #connect(): void {
    const { backends, members } = this.#group;
    this.#sight?.dispatched();
    const worker = this.#exchange.worker;
    if (worker >= members.length) this.#group.refresh();
    const { proxyProtocol, connectiontimeoutNs, timeoutNs } = this.#member;
    const request = {
      tlsName: null,
      proxyHeader: proxyProtocol === undefined ? null : clientHeader(proxyProtocol, this.#peer),
      connectTimeoutNs: connectiontimeoutNs ?? timeoutNs,
    };
    this.#opening = backends[worker]!.connect(request, this);
  }

  /** One side is closed. */
  #closed(): void {
    if (this.#client.closed && (this.#worker?.closed ?? true)) this.#end();
  }

  /** The client is gone: whatever is under way ends, and every `busy` is given back. */
  #end(): void {
    const { exchanges } = this.#group;
    const step = this.#exchange.step;
    if (step === 'wait') return; // the core tells when the wait is over
    this.#open.delete(this);
    this.#opening?.abort();
    const sight = this.#sight;
    if (sight !== null) {
      if (step === 'done') sight.status = this.#exchange.status;
      sight.ended(this.#worker !== null && !this.#broken);
    }
    // Whatever came of it says nothing against the worker.
    if (step === 'dispatch') exchanges.settle(this.#exchange, outcomes.answered, 0, nowNs());
    this.#group.close(this.#exchange);
    sight?.closed();
  }
}
