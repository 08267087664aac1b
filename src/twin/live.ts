/** The live arm: a scenario's replication whose balancers are the real proxy, in real time. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Model } from '../../sim/model.ts';
import { numbersOf, type Replication } from '../../sim/replication.ts';
import { streams } from '../../sim/streams.ts';
import type { LbMethod } from '../core/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { DeedLog, deedMemory } from './deed-log.ts';
import { Line } from './line.ts';
import { LiveProxy } from './live-proxy.ts';
import { liveConfig } from './proxy-config.ts';
import { ProxyHost } from './proxy-host.ts';
import type { Words } from './proxy-thread.ts';
import { type Capability, warmUp } from './warm-up.ts';

export interface LiveOptions {
  readonly scenario: Scenario;
  readonly lbmethod: LbMethod;
  readonly alternatives: readonly LbMethod[];
  /** Whose arrivals and draws the requests have. */
  readonly replication: number;
  readonly binNs: number;
  /** Told of what the machine can do before the run begins. */
  readonly onReady: (capability: Capability) => void;
  /** Told a few times a second: seconds of the run, and requests so far. */
  readonly onProgress: (seconds: number, requests: number) => void;
}

export interface LiveArm extends Pick<Line, 'picks' | 'servedBy' | 'late' | 'path'> {
  readonly numbers: Replication;
  /** Requests of the window. */
  readonly arrived: number;
  /** It fell so far behind that it was ended early. */
  readonly fellBehind: boolean;
  readonly capability: Capability;
}

/** Timers of Node are a millisecond late and more: what is due sooner is waited for by looking again and again. */
const LOOK_NS = 2.5e6;
/** The longest sleep, after which the proxies' deeds are read. */
const SLEEP_MS = 20;
/** A machine that sends a request so much too late will not catch up. */
const BEHIND_MS = 3000;
/** Between two calls of `onProgress`. */
const PROGRESS_NS = 0.25e9;

/** Runs it, with a proxy and backends that listen on loopback and end with it. */
export async function runLive(options: LiveOptions): Promise<LiveArm> {
  const { scenario, replication } = options;
  const { workers, proxies } = scenario.balancer;
  const line = new Line(workers.length, proxies);
  const memory = deedMemory();
  const stream = streams(scenario.seed, replication);
  let host: ProxyHost | null = null;
  try {
    await Promise.all(line.backends.map((server) => server.up()));
    const config = liveConfig(
      scenario,
      line.backends.map(({ port }) => port),
    );
    const words = Array.from({ length: proxies }, (_, i) => wordsOf(stream, i));
    host = new ProxyHost({ config, words, zero: line.zero, memory });
    line.host = host;
    const { ports, sparePort } = await host.listening;
    const capability = await Promise.race([warmUp(sparePort), host.died]);
    host.warmedUp();
    options.onReady(capability);
    const model = modelOf(options, line, ports);
    await Promise.race([inRealTime(model, line, new DeedLog(memory), options), host.died]);
    const { picks, servedBy, late, path } = line;
    const { arrived } = model.observations;
    const fellBehind = isBehind(line);
    return {
      numbers: numbersOf(model),
      arrived,
      fellBehind,
      capability,
      picks,
      servedBy,
      late,
      path,
    };
  } finally {
    line.close();
    await host?.close();
  }
}

/** The words that the simulated proxy's lbmethod starts from, too. */
function wordsOf(stream: ReturnType<typeof streams>, index: number): Words {
  const policy = stream(index === 0 ? 'policy/balancer' : `policy/balancer/${index + 1}`);
  const word = () => Math.floor(policy() * 4294967296);
  return [word(), word(), word(), word()];
}

function modelOf(
  { scenario, lbmethod, alternatives, replication, binNs }: LiveOptions,
  line: Line,
  ports: readonly number[],
): Model {
  const { balancer } = scenario;
  // The real proxy's checks are real; the world has none to simulate.
  const workers = balancer.workers.map((worker) => ({ ...worker, health: null }));
  return new Model({
    scenario: { ...scenario, balancer: { ...balancer, workers } },
    lbmethod,
    alternatives,
    stream: streams(scenario.seed, replication),
    warmupNs: 0,
    binNs,
    proxyOf: (world, index) => new LiveProxy(world, index, line, ports[index]!),
  });
}

/** Does what is due when it is due, until the replication is over. */
async function inRealTime(
  model: Model,
  line: Line,
  log: DeedLog,
  { onProgress }: LiveOptions,
): Promise<void> {
  line.begin(model);
  model.begin();
  let toldNs = 0;
  let wake = new AbortController();
  line.onInput = () => wake.abort();
  for (;;) {
    const { nowNs } = line;
    line.observe(log, model);
    if (!model.advance(nowNs) || isBehind(line)) break;
    line.follow(model);
    if (nowNs - toldNs > PROGRESS_NS) {
      toldNs = nowNs;
      onProgress(nowNs / 1e9, model.clients.arrivals);
    }
    const leftNs = model.dueNs - line.nowNs;
    if (leftNs <= LOOK_NS) await look();
    else {
      wake = new AbortController();
      const ms = Math.min(SLEEP_MS, (leftNs - LOOK_NS) / 1e6);
      await sleep(ms, null, { signal: wake.signal }).catch(() => {});
    }
  }
  line.observe(log, model);
}

function isBehind({ late }: Line): boolean {
  return (late.at(-1) ?? 0) > BEHIND_MS;
}

/** Lets sockets have their turn. */
function look(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
