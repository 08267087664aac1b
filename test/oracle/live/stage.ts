/** What stands around the sides of a case: its backends, and a client for each side. */
import { Agent } from 'node:http';
import { type Ask, type Case, type Got, type Seen, unanswered } from '../case.ts';
import { type Arrival, Backend, type Order } from './backend.ts';
import { send } from './client.ts';
import type { CaseSide } from './side.ts';

/** A request under way. */
export interface Sending {
  /** What was seen once it was answered, or once a backend holds it. */
  readonly seen: Promise<Seen>;
  readonly got: Promise<Got>;
}

export class Stage {
  readonly backends: readonly Backend[];
  readonly #name: string;
  readonly #orders = new Map<string, Order>();
  /** The client's kept connections to each side. */
  readonly #agents = new Map<CaseSide, Agent>();
  readonly #keepAlive: boolean;

  constructor({ name, keepAlive }: Pick<Case, 'name' | 'keepAlive'>, ports: readonly number[]) {
    this.#name = name;
    this.#keepAlive = keepAlive;
    this.backends = ports.map((port, member) => new Backend(member, port, this.#orders));
  }

  async open(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.up()));
  }

  async close(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.close()));
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /**
   * Lets the clients of all sides start on equal terms. Which answers end a connection is a front's own business
   * (httpd closes after 400, 408, 411, 413, 414, 500, 501 and 503), but what comes of a backend that closes early
   * depends on it.
   */
  even(): void {
    const free = [...this.#agents.values()].map((agent) => Object.values(agent.freeSockets).flat());
    if (free.every((sockets) => sockets.length === free[0].length)) return;
    for (const socket of free.flat()) socket?.destroy();
  }

  /** Sends `ask` to `side`. Orders of one length, so that they do not show in byte counts. */
  send(side: CaseSide, ask: Ask, order: string, released: Promise<void>): Sending {
    let arrival: Arrival | null = null;
    const arrived = new Promise<void>((resolve) => {
      const note = (came: Arrival) => {
        arrival = came;
        resolve();
      };
      this.#orders.set(order, { ask, released, arrived: note });
    });
    const sent = send(side.port, this.#name, ask, order, this.#agentOf(side));
    const got = sent.got.then((answer): Got => {
      const own = arrival === null || unanswered(ask);
      return own ? { ...answer, body: null } : answer;
    });
    const seen = (async (): Promise<Seen> => {
      const first = ask.hold === null ? await got : await Promise.race([got, arrived]);
      const refused = await side.refused(arrival !== null);
      const { member, ...wire } = arrival ?? { member: null, sent: 0, fresh: false };
      return { refused, worker: member, ...wire, keptAlive: sent.keptAlive(), got: first ?? null };
    })();
    return { got, seen };
  }

  #agentOf(side: CaseSide): Agent | false {
    if (!this.#keepAlive) return false;
    let agent = this.#agents.get(side);
    if (!agent) {
      agent = new Agent({ keepAlive: true });
      this.#agents.set(side, agent);
    }
    return agent;
  }
}
