/** Entry of a thread: a whole proxy, but for what it shares with the other threads. */
import {
  BroadcastChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import type { ListenConf, ProxyConfig } from '../../config/config.ts';
import { lbmethodOf } from '../../config/lbmethod-of.ts';
import type { LbMethod } from '../../core/index.ts';
import { LabError } from '../../problems/errors.ts';
import type { Counts } from '../admin/counts.ts';
import { startClockAt } from '../clock.ts';
import type { Group } from '../group.ts';
import { allOf, byrequests, configOf, type Groups, type MakeGroups, methodsOf } from '../groups.ts';
import type { Beat } from '../heartbeat/message.ts';
import type { Listener } from '../listener.ts';
import { type Decider, deciderConfigOf } from '../observe/shadow.ts';
import type { Part } from '../part.ts';
import { Running } from '../running.ts';
import { addressKey, ownHandle } from './descriptors.ts';
import { Gauges } from './gauges.ts';
import type { Answers, News, Order, Report, Share, Shares, Start } from './messages.ts';
import { SharedBalancer } from './shared-balancer.ts';
import { SharedClients } from './shared-clients.ts';
import { type Colleagues, ThreadGroup } from './thread-group.ts';

/** How long other threads may take for an answer. */
const ANSWER_MS = 1000;

class Thread implements Part {
  readonly first: boolean;
  readonly clients: SharedClients;
  readonly running: Running;
  readonly #port: MessagePort;
  readonly #start: Start;
  readonly #gauges: Gauges;
  readonly #channel: BroadcastChannel;
  #sockets: Readonly<Record<string, number>> = {};
  #shares: Shares | null = null;
  #groups: readonly ThreadGroup[] = [];
  /** Whose groups they are, until they are left. */
  readonly #generations = new Map<Groups, number>();
  /** Questions that wait for answers. */
  readonly #asked = new Map<string, (answer: Answers[keyof Answers]) => void>();
  /** It has taken a configuration over, and so has something to tell. */
  #serves = false;
  #taken: { resolve(): void; reject(error: Error): void } | null = null;

  readonly #shadow: LbMethod | null;

  constructor(port: MessagePort, start: Start, shadow: LbMethod | null) {
    this.#port = port;
    this.#start = start;
    this.first = start.number === 1;
    this.clients = new SharedClients(start.clients, start.number);
    this.#gauges = new Gauges(start.gauges, start.number);
    this.#channel = new BroadcastChannel(start.channel);
    this.#channel.unref();
    this.#channel.onmessage = (event) => this.#learn((event as { data: News }).data);
    const log = (line: string) => this.#report({ kind: 'log', line });
    this.#shadow = shadow;
    const options = { ...start.limits, log, ...(shadow !== null && { shadow }) };
    this.running = new Running(options, this);
    port.on('message', (order: Order) => this.#obey(order));
  }

  // What is otherwise in a proxy of several threads.

  async groupsOf(config: ProxyConfig): Promise<MakeGroups> {
    const methods = await methodsOf(config);
    return () => this.#groupsOver(this.#shares!, methods);
  }

  async listen(listener: Listener, conf: ListenConf): Promise<void> {
    const handle = await ownHandle(this.#sockets[addressKey(conf)]!);
    const accepted = (socket: Parameters<Gauges['accepted']>[0]) => this.#gauges.accepted(socket);
    await listener.listen(conf, { handle, accepted });
  }

  together(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#taken = { resolve, reject };
      this.#report({ kind: 'ready' });
    });
  }

  left(groups: Groups): void {
    for (const group of allOf(groups) as readonly ThreadGroup[]) group.leave();
    const generation = this.#generations.get(groups)!;
    this.#generations.delete(groups);
    this.#report({ kind: 'left', generation });
  }

  deciderOf(group: Group): Decider | null {
    const { beside } = group as ThreadGroup;
    if (beside === null) return null;
    return { balancer: beside, exclusively: (change) => beside.exclusively(change) };
  }

  relay(server: string, beat: Beat): void {
    this.#tell({ kind: 'beat', server, beat });
  }

  metrics(): Promise<readonly string[]> {
    return this.#ask('metrics');
  }

  counts(): Promise<readonly Counts[]> {
    return this.#ask('counts');
  }

  /** Who does not answer within a second has died. */
  #ask<W extends keyof Answers>(what: W): Promise<readonly Answers[W][]> {
    const { others } = this.#gauges;
    if (others === 0) return Promise.resolve([]);
    const question = crypto.randomUUID();
    const answers: Answers[W][] = [];
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#asked.delete(question);
        resolve(answers);
      };
      const timer = setTimeout(end, ANSWER_MS);
      this.#asked.set(question, (answer) => {
        if (answers.push(answer as Answers[W]) === others) end();
      });
      this.#tell({ kind: 'ask', question, what });
    });
  }

  #groupsOver({ generation, balancers, workers }: Shares, methods: readonly LbMethod[]): Groups {
    const { number } = this.#start;
    const group = (share: Share, method: LbMethod, balancer: number) => {
      const colleagues: Colleagues = {
        tell: (worker, member) =>
          this.#tell({ kind: 'member', generation, balancer, worker, member }),
        listen: () => this.#catchUp(),
      };
      const of = configOf(share.conf, method);
      return new ThreadGroup(share, of, number, this.#gauges, colleagues, this.#besideOf(share));
    };
    this.#groups = balancers.map((share, i) => group(share, methods[i]!, i));
    const groups = {
      balancers: this.#groups,
      workers: workers.map((share) => group(share, byrequests, -1)),
    };
    this.#generations.set(groups, generation);
    return groups;
  }

  #besideOf({ conf, shadow: memory }: Share): SharedBalancer | null {
    if (memory === null) return null;
    const config = deciderConfigOf(conf, this.#shadow!, [1, 2, 3, 4]); // its draws have begun
    return new SharedBalancer(config, memory, this.#start.number);
  }

  #obey(order: Order): void {
    const { running } = this;
    if (order.kind === 'prepare') this.#prepare(order.config, order.sockets);
    else if (order.kind === 'take') {
      this.#shares = order.shares;
      this.#taken?.resolve();
    } else if (order.kind === 'drop') this.#taken?.reject(new Error('dropped'));
    else if (order.kind === 'reloads') Object.assign(running.reloads, order.reloads);
    else if (order.kind === 'reopen') running.reopenLogs();
    else if (this.#shares === null)
      process.exit(0); // of this thread; nothing has begun
    else {
      void running.close(order.deadlineMs).then(() => {
        if (this.#shadow !== null) this.#report({ kind: 'shadow', reports: running.shadow });
        process.exit(0);
      });
    }
  }

  #prepare(config: ProxyConfig, sockets: Readonly<Record<string, number>>): void {
    this.#sockets = sockets;
    this.running.reload(config).then(
      () => {
        this.#gauges.begin();
        this.#serves = true;
        this.#report({ kind: 'taken' });
      },
      (error: Error) => {
        const problems = error instanceof LabError ? error.problems : [];
        this.#report({ kind: 'failed', message: error.stack ?? error.message, problems });
      },
    );
  }

  #catchUp(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#channel as unknown as MessagePort);
      if (received === undefined) return;
      this.#learn(received.message);
    }
  }

  #learn(news: News): void {
    if (news.kind === 'beat') {
      if (this.first) this.running.hear(news.server, news.beat);
    } else if (news.kind === 'ask') {
      if (!this.#serves) return; // nor does anybody wait for it
      const { question, what } = news;
      void this.running[what]().then((answer) => this.#tell({ kind: 'answer', question, answer }));
    } else if (news.kind === 'answer') this.#asked.get(news.question)?.(news.answer);
    else if (news.generation === this.#shares?.generation) {
      this.#groups[news.balancer]?.learn(news.worker, news.member);
    }
  }

  #tell(news: News): void {
    this.#channel.postMessage(news);
  }

  #report(report: Report): void {
    this.#port.postMessage(report);
  }
}

const start = workerData as Start;
startClockAt(start.zero);
const shadow = start.shadow === null ? null : await lbmethodOf(start.shadow);
if (parentPort !== null) new Thread(parentPort, start, shadow);
