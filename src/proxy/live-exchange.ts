/**
 * One proxied request, from its head to the last byte of its answer: the core's exchange with sockets at both ends.
 * The order is httpd's: the pick happens as soon as the head has arrived; then up to 16 KiB of the body are read;
 * then a worker is connected to (spec: httpd 2.3, 5.2). The exchange is settled when the worker's response is read
 * completely, and closed when the client has it, or is gone.
 */
import { outcomes, type RequestRoute, type Step } from '../core/index.ts';
import { answerError } from './answer.ts';
import type { Failure, ResponseHead, Try, TryListener } from './backend/backend.ts';
import { nowNs } from './clock.ts';
import type { ClientListener } from './front.ts';
import type { Opened, Waiter } from './group.ts';
import { outgoing } from './outgoing.ts';
import { keyFor, type Passage, timeoutNsOf } from './passage.ts';
import { Prefetch } from './prefetch.ts';
import {
  answerHeaders,
  answerTo,
  interim,
  ownAnswerHeadersOf,
  type Served,
} from './response-headers.ts';
import { needsLength, PREFETCH_BYTES } from './rules/framing.ts';
import { refused } from './rules/refusal.ts';
import { passesInterim } from './rules/response-head.ts';
import { tunnel } from './tunnel.ts';

const { answered } = outcomes;

export class LiveExchange implements TryListener, ClientListener, Waiter {
  readonly #passage: Passage;
  readonly #route: RequestRoute | null;
  readonly #exchange: Opened;
  #try: Try | null = null;
  /** Counts dispatches: a try that ends while it is being made must not be kept. */
  #dispatches = 0;
  #prefetch: Prefetch | null = null;
  /** Of the worker's response; 0 before there is one. */
  #status = 0;
  /** The client has been told a status. */
  #headSent = false;
  /** The worker's page is replaced by the proxy's own (ProxyErrorOverride). */
  #overridden = false;
  /** Interim heads of this try. */
  #interims = 0;
  /** A 100 went to the client. */
  #continued = false;
  /** Body bytes beyond the limit, counted where no Content-Length says them. */
  #bodyBytes = 0;
  #gone = false;

  constructor(passage: Passage, route: RequestRoute | null) {
    const { group, request } = passage;
    this.#passage = passage;
    this.#route = route;
    this.#exchange = group.start(this, route?.route ?? null, request.ordinal > 1);
  }

  start(): void {
    const { group, request, response, sight, target } = this.#passage;
    response.listener = this;
    if (sight !== null) sight.route = this.#route;
    const key = keyFor(group.balancer, request, target.rawPath);
    this.proceed(group.exchanges.begin(this.#exchange, nowNs(), key));
  }

  /** Does what the core says. */
  proceed(step: Step): void {
    const { group, sight } = this.#passage;
    sight?.proceeded(group, this.#exchange, step);
    if (step === 'wait') group.settled();
    else if (this.#gone) this.#giveUp(step);
    else if (step === 'dispatch') this.#prepare();
    else this.#answerItself(this.#exchange.status);
  }

  // What the client does.

  clientDrained(): void {
    this.#try?.resume();
  }

  clientClosed(): void {
    this.#gone = true;
    this.#giveUp(this.#exchange.step);
  }

  bodyFailed(status: number): void {
    const { response } = this.#passage;
    if (this.#headSent || this.#exchange.step !== 'dispatch') {
      response.drop();
      return;
    }
    this.#refuse(status);
  }

  // What the worker does.

  connected(): boolean {
    const { group, sight } = this.#passage;
    const step = group.exchanges.connected(this.#exchange, nowNs());
    if (step === 'send') {
      sight?.connected();
      return true;
    }
    this.#try = null;
    sight?.failed('becameUnusable');
    this.proceed(step);
    group.settled();
    return false;
  }

  sent(bytes: number): void {
    this.#passage.group.exchanges.sent(this.#exchange, bytes);
  }

  interim(head: ResponseHead): void {
    const { group, request, response, values } = this.#passage;
    const { status } = head;
    group.exchanges.received(this.#exchange, head.statusLineBytes);
    this.#interims++;
    if (!passesInterim(status, request.version, request.expectContinue, values.env)) return;
    if (status === 100) this.#continued = true;
    response.interim(status, head.reason, interim(this.#passage, head));
  }

  responded(head: ResponseHead): void {
    const { group, request, response, settings, close, sight } = this.#passage;
    const { status } = head;
    group.exchanges.received(this.#exchange, head.statusLineBytes);
    this.#status = status;
    sight?.responded(status);
    const { on, codes } = settings.errorOverride;
    if (on && (codes.length === 0 ? status >= 400 : codes.includes(status))) {
      this.#overridden = true;
      return;
    }
    // A client that was never told to go on may send its body or not: nobody can tell what comes next.
    const unsure = request.expectContinue && !this.#continued && !request.complete;
    const { fields, lines } = answerTo(this.#passage, head, this.#served);
    try {
      response.head(status, head.reason, fields, close || unsure, lines);
      this.#headSent = true;
    } catch {
      this.#try?.abort();
      this.#refuse(502);
    }
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#overridden) return;
    const { group, response } = this.#passage;
    group.exchanges.received(this.#exchange, end - start);
    if (!response.write(bytes, start, end)) this.#try?.pause();
  }

  ended(): void {
    const { group, response } = this.#passage;
    this.#settle(this.#status);
    if (this.#overridden) this.#answerItself(this.#status);
    else response.end();
    group.settled();
  }

  truncated(): void {
    const { group, response } = this.#passage;
    this.#settle(this.#status);
    if (this.#overridden) this.#answerItself(this.#status);
    else response.drop();
    group.settled();
  }

  failed(why: Failure, statusLineBytes: number, detail: string): void {
    const { group, request, sight } = this.#passage;
    this.#try = null;
    sight?.failed(why);
    if (statusLineBytes > 0) group.exchanges.received(this.#exchange, statusLineBytes);
    // After an interim head httpd takes even a new connection for one that was kept (spec: httpd 5.1, E40).
    const kept = why === 'closedEarly' && this.#interims > 0 && request.ordinal > 1;
    const outcome = kept ? outcomes.closedEarlyReused : outcomes[why];
    group.failed(this.#exchange.worker, why, detail);
    this.proceed(group.exchanges.settle(this.#exchange, outcome, 0, nowNs()));
    group.settled();
  }

  upgraded(head: ResponseHead, connection: import('node:stream').Duplex, first: Buffer): void {
    const { group, request, server, sight } = this.#passage;
    group.exchanges.received(this.#exchange, head.statusLineBytes);
    this.#status = head.status;
    sight?.responded(head.status);
    this.#try = null;
    const headers = answerHeaders(this.#passage, head, this.#served);
    headers.push('Connection', 'Upgrade', 'Upgrade', request.upgrade ?? '');
    const client = this.#tunnelTo(head, headers);
    if (client === null) {
      connection.destroy();
      this.#refuse(502);
      return;
    }
    const member = group.members[this.#served.worker]!;
    const idleNs = Math.max(server.timeoutNs, timeoutNsOf(member, server));
    tunnel(client.connection, client.first, connection, first, idleNs);
  }

  /** null: `Header` lines gave the answer what cannot be sent. */
  #tunnelTo({ status, reason }: ResponseHead, headers: readonly string[]) {
    try {
      return this.#passage.response.tunnel(status, reason, headers);
    } catch {
      return null;
    }
  }

  get #served(): Served {
    const { worker, routeChanged } = this.#exchange;
    return { worker, routeChanged, route: this.#route };
  }

  /** Reads the beginning of the body before the first try, unless the client waits to be asked for it. */
  #prepare(): void {
    const { request, response, settings, values } = this.#passage;
    if (request.body === null || this.#prefetch !== null) {
      this.#dispatch();
      return;
    }
    const limit = settings.requestBodyLimit;
    if (limit > 0) {
      if ((request.bodyBytes ?? 0) > limit) {
        this.#refuse(413);
        return;
      }
      if (request.bodyBytes === null) this.#limitBody(limit);
    }
    if (request.expectContinue) {
      if (settings.proxy100Continue && !needsLength(values.env)) {
        this.#dispatch();
        return;
      }
      this.#continued = true;
      response.interim(100, 'Continue', []);
    }
    const enough = needsLength(values.env) ? Number.POSITIVE_INFINITY : PREFETCH_BYTES;
    this.#prefetch = new Prefetch(request.body, request.bodyBytes, enough, () => this.#dispatch());
  }

  /** Refuses a body that turns out too long. */
  #limitBody(limit: number): void {
    const { body } = this.#passage.request;
    body?.pause();
    body?.on('data', (chunk: Buffer) => {
      const before = this.#bodyBytes;
      this.#bodyBytes += chunk.length;
      if (before > limit || this.#bodyBytes <= limit) return;
      // Not in the midst of giving out a chunk that goes to the worker, too.
      if (this.#dispatches === 0) this.bodyFailed(413);
      else queueMicrotask(() => this.#gone || this.bodyFailed(413));
    });
  }

  #dispatch(): void {
    const { group, sight } = this.#passage;
    sight?.dispatched();
    const worker = this.#exchange.worker;
    if (worker >= group.members.length) group.refresh();
    const request = outgoing(this.#passage, group.members[worker]!, this.#prefetch);
    if (refused(request)) {
      this.#refuse(request.status);
      return;
    }
    this.#interims = 0;
    const dispatch = ++this.#dispatches;
    const attempt = group.backends[worker]!.dispatch(request, this);
    const live = dispatch === this.#dispatches && this.#exchange.step === 'dispatch';
    if (live) this.#try = attempt;
  }

  /** Ends the exchange with a status of the proxy's own, which says nothing against the worker. */
  #refuse(status: number): void {
    this.#prefetch?.cancel();
    this.#try?.abort();
    this.#settle(status);
    this.#answerItself(status);
    this.#passage.group.settled();
  }

  #settle(status: number): void {
    this.#try = null;
    this.#passage.group.exchanges.settle(this.#exchange, answered, status, nowNs());
  }

  /** 0: the client's connection ends without an answer (spec: httpd 5.1, E40). */
  #answerItself(status: number): void {
    const { request, response, close } = this.#passage;
    if (status === 0) {
      response.drop();
      return;
    }
    this.#headSent = true;
    const headers = ownAnswerHeadersOf(this.#passage, status, this.#served);
    answerError(request, response, status, headers, close);
  }

  /** The client has its answer or is gone: whatever is under way ends, and every `busy` is given back. */
  #giveUp(step: Step): void {
    const { group } = this.#passage;
    if (step === 'wait') return; // the core tells when the wait is over
    if (step === 'dispatch') {
      this.#prefetch?.cancel();
      this.#try?.abort();
      this.#settle(this.#status); // 0 before a response: nothing is held against the worker
    }
    group.close(this.#exchange);
  }
}
