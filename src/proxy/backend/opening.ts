/** A new connection: the addresses in order, then once more those of a fresh lookup (spec: httpd 5.1). */
import type { Carrier } from './attempt.ts';
import type { Failure, OutgoingRequest } from './backend.ts';
import {
  Connection,
  type ConnectionConf,
  type ConnectionOpener,
  type ConnectionOwner,
} from './connection.ts';
import { type Address, type Resolver, sameAddresses } from './resolve.ts';

/** Who wants a connection. */
export interface Seeker {
  readonly request: Pick<OutgoingRequest, 'tlsName' | 'proxyHeader' | 'connectTimeoutNs'>;
  carrier: Carrier | null;
  /** It wants none any more. */
  readonly over: boolean;
  /** Here it is; nothing has been sent over it but what begins every connection. */
  opened(connection: Connection): void;
  fail(why: Failure, statusLineBytes?: number, detail?: string): void;
}

export class Opening implements Carrier, ConnectionOpener {
  readonly #attempt: Seeker;
  readonly #resolver: Resolver;
  readonly #conf: ConnectionConf;
  readonly #owner: ConnectionOwner;
  #addresses: readonly Address[] = [];
  #next = 0;
  /** The addresses are from an earlier lookup. */
  #cached = false;
  #connection: Connection | null = null;

  constructor(attempt: Seeker, resolver: Resolver, conf: ConnectionConf, owner: ConnectionOwner) {
    this.#attempt = attempt;
    this.#resolver = resolver;
    this.#conf = conf;
    this.#owner = owner;
  }

  start(): void {
    this.#attempt.carrier = this;
    const { known } = this.#resolver;
    if (known !== null) {
      this.#addresses = known;
      this.#cached = this.#resolver.changeable;
      this.#tryNext();
      return;
    }
    this.#resolver.lookUp((addresses) => {
      if (this.#attempt.over) return;
      if (addresses === null) {
        this.#attempt.fail('dnsFailed');
        return;
      }
      this.#addresses = addresses;
      this.#tryNext();
    });
  }

  opened(connection: Connection): void {
    this.#connection = null;
    this.#attempt.opened(connection);
  }

  unreachable(): void {
    this.#connection = null;
    this.#tryNext();
  }

  /** Another address of the same worker would be no better. */
  untrusted(_: Connection, why: string): void {
    this.#connection = null;
    this.#attempt.fail('setupFailed', 0, why);
  }

  /** There is no response yet to hold back; the attempt remembers. */
  pause(): void {}
  resume(): void {}

  abandon(): void {
    this.#connection?.close();
  }

  #tryNext(): void {
    const address = this.#addresses[this.#next++];
    if (address !== undefined) {
      const { request } = this.#attempt;
      this.#connection = new Connection(address, request, this.#conf, this.#owner, this);
      return;
    }
    if (!this.#cached) {
      this.#attempt.fail('connectFailed');
      return;
    }
    this.#cached = false;
    const before = this.#addresses;
    this.#resolver.lookUp((addresses) => {
      if (this.#attempt.over) return;
      if (addresses === null || sameAddresses(addresses, before)) {
        this.#attempt.fail('connectFailed');
        return;
      }
      this.#addresses = addresses;
      this.#next = 0;
      this.#tryNext();
    });
  }
}
