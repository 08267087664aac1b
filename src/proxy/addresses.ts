/** The addresses that a proxy listens on, and who serves each, whatever configurations come and go. */
import type { ListenConf, ProxyConfig } from '../config/config.ts';
import type { Address } from './announce.ts';
import { AddressFront, WaitingFront } from './fronts.ts';
import { Listener } from './listener.ts';

interface Listening {
  readonly conf: ListenConf;
  readonly listener: Listener;
  front: AddressFront | WaitingFront;
}

/** What a configuration wants, ready to take over. */
export interface Prepared {
  readonly listening: Listening[];
  /** For each of `listening` the one to serve it from now on. */
  readonly fronts: AddressFront[];
  /** Those of `listening` that nobody listened on before. */
  readonly opened: Listening[];
  /** What is listened on no longer. */
  readonly gone: Listening[];
}

export class Addresses {
  #listening: readonly Listening[] = [];
  /** All that have connections, those of earlier configurations among them. */
  readonly #fronts = new Set<AddressFront>();

  /** In the order of the configuration. */
  get all(): readonly Address[] {
    return this.#listening.map(({ listener }) => listener.address);
  }

  /** How many clients are connected; the admin listener has none. */
  async connections(): Promise<number> {
    const clients = this.#listening.filter(isForClients);
    const connections = await Promise.all(clients.map(({ listener }) => listener.connections));
    return connections.reduce((sum, count) => sum + count, 0);
  }

  /** Listens by `listen` where nobody does yet. Nothing has changed if it fails. */
  async prepare(
    config: ProxyConfig,
    frontOf: (listen: ListenConf) => AddressFront,
    listen: (listener: Listener, conf: ListenConf) => Promise<void>,
  ): Promise<Prepared> {
    const prepared: Prepared = {
      listening: [],
      fronts: [],
      opened: [],
      gone: [...this.#listening],
    };
    const { listening, fronts, opened, gone } = prepared;
    try {
      for (const conf of config.listen) fronts.push(frontOf(conf));
      for (const conf of config.listen) {
        const at = gone.findIndex((known) => sameAddress(known.conf, conf));
        const known = at < 0 ? newListening(conf) : gone.splice(at, 1)[0]!;
        if (at < 0) {
          opened.push(known);
          await listen(known.listener, conf);
        }
        listening.push({ ...known, conf });
      }
    } catch (error) {
      await this.abandon(prepared);
      throw error;
    }
    return prepared;
  }

  /** It is not to be taken. */
  async abandon({ fronts, opened }: Prepared): Promise<void> {
    for (const front of fronts) front.closeAll();
    await Promise.all(opened.map(({ listener }) => listener.stop()));
    for (const { front } of opened) front.closeAll();
  }

  async take({ listening, fronts, gone }: Prepared): Promise<void> {
    this.#listening = listening;
    for (const [i, one] of listening.entries()) this.#exchange(one, fronts[i]!);
    await Promise.all(gone.map(({ listener }) => listener.stop()));
    for (const { front } of gone) {
      front.drain();
      if (front instanceof AddressFront) front.retire(() => this.#fronts.delete(front));
    }
  }

  #exchange(one: Listening, front: AddressFront): void {
    const { front: before } = one;
    if (before instanceof AddressFront && before.settings === front.settings) {
      front.closeAll();
      return;
    }
    this.#fronts.add(front);
    one.front = front;
    one.listener.front = front;
    if (before instanceof WaitingFront) {
      before.handOver(front);
      return;
    }
    // Whoever was believed may not be any more.
    if (before.believes !== front.believes) before.closeIdle();
    before.retire(() => this.#fronts.delete(before));
  }

  /**
   * Stops listening and ends connections behind their next answers. Whoever watches may look until `end`. Returns those
   * that may have connections.
   */
  leave(): readonly AddressFront[] {
    const admin = this.#listening.filter((one) => !isForClients(one));
    for (const { listener } of this.#listening.filter(isForClients)) void listener.stop();
    const left = [...this.#fronts].filter((front) => !admin.some((one) => one.front === front));
    for (const front of left) front.drain();
    return left;
  }

  /** Ends all that `leave` has left. */
  async end(): Promise<void> {
    const listeners = this.#listening.map(({ listener }) => listener);
    await Promise.all(listeners.map((listener) => listener.stop()));
    for (const front of this.#fronts) front.closeAll();
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

function isForClients({ conf }: Listening): boolean {
  return conf.admin === undefined;
}

function newListening(conf: ListenConf): Listening {
  const front = new WaitingFront();
  return { conf, front, listener: new Listener(front) };
}

function sameAddress(one: ListenConf, other: ListenConf): boolean {
  const same = one.host === other.host && one.port === other.port;
  return same && (one.admin === undefined) === (other.admin === undefined);
}
