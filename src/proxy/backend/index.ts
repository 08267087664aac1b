/** Connections to a worker, held by ourselves (decision 0007). */
import type { MemberConf } from '../../config/config.ts';
import { Attempt } from './attempt.ts';
import type { Backend, ConnectListener, OutgoingRequest, Try, TryListener } from './backend.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { Handover } from './handover.ts';
import { Opening, type Seeker } from './opening.ts';
import { Pool } from './pool.ts';
import { Resolver } from './resolve.ts';

export type {
  Backend,
  Failure,
  OutgoingRequest,
  ResponseHead,
  Try,
  TryListener,
} from './backend.ts';

/** The way to a worker over TCP or its unix socket, in the clear or over TLS. */
export function backendFor(member: MemberConf): Backend {
  return new HttpBackend(member);
}

class HttpBackend implements Backend, ConnectionOwner {
  readonly #member: MemberConf;
  readonly #resolver: Resolver;
  readonly #pool: Pool;
  /** Open or being opened. */
  #connections = 0;
  #closing = false;

  constructor(member: MemberConf) {
    this.#member = member;
    this.#resolver = new Resolver(member.url, member.addressttlSeconds);
    this.#pool = new Pool(member);
  }

  get stats(): { readonly inUse: number; readonly idle: number } {
    const idle = this.#pool.size;
    return { inUse: this.#connections - idle, idle };
  }

  dispatch(request: OutgoingRequest, listener: TryListener): Try {
    const attempt = new Attempt(request, listener);
    for (let idle = this.#pool.take(); idle !== null; idle = this.#pool.take()) {
      if (idle.tlsName !== request.tlsName) idle.close();
      else if (idle.begin(attempt)) return attempt;
    }
    this.#open(attempt);
    return attempt;
  }

  connect(request: Seeker['request'], listener: ConnectListener): Pick<Try, 'abort'> {
    const handover = new Handover(request, listener);
    this.#open(handover);
    return handover;
  }

  #open(seeker: Seeker): void {
    new Opening(seeker, this.#resolver, this.#member, this).start();
  }

  close(): void {
    this.#closing = true;
    this.#pool.drain();
  }

  made(): void {
    this.#connections++;
  }

  freed(connection: Connection): boolean {
    if (this.#closing || this.#member.disablereuse) return false;
    this.#pool.put(connection);
    return true;
  }

  closed(connection: Connection): void {
    this.#connections--;
    this.#pool.remove(connection);
  }
}
