/**
 * Decisions recorded from real httpd, replayed step by step against the core alone: the same worker, the same
 * status, and the same state of every worker after every step. Skipped where the recordings are absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  Balancer,
  type Exchange,
  Exchanges,
  lbmethods,
  type ManagedFlag,
  outcomes,
  statusLetters,
  type WorkerChange,
  type WorkerConfig,
} from '../../src/core/index.ts';

const recordings = new URL('../../../shared/oracle/decisions.ndjson.gz', import.meta.url);

interface Request {
  op: 'request';
  at: number;
  route: string | null;
  status: number;
  sent: number;
  body: number;
  hold?: string;
  expect: { worker: number | null; status?: number; changed: boolean };
}
type Step = (
  | Request
  | { op: 'release'; at: number; hold: string }
  | { op: 'down' | 'up'; at: number; worker: number }
  | { op: 'manager'; at: number; worker: number; set: Record<string, string> }
) & { state: [number, number, number, number, number, string][] };

interface Document {
  seed: number;
  balancer: string;
  members: string[];
  steps: Step[];
}

/** `a=1 b=2` as an object. */
function parameters(text: string): Record<string, string> {
  const pairs = text.split(' ').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}

function workerConfig(member: string): WorkerConfig {
  const { loadfactor, lbset, retry, ...texts } = parameters(member);
  return {
    loadfactor: Number(loadfactor),
    lbset: Number(lbset ?? 0),
    retrySeconds: Number(retry ?? 60),
    ...texts,
  };
}

function balancerOf({ balancer, members }: Document): Balancer {
  const set = parameters(balancer);
  const lbmethod = lbmethods.find(({ name }) => name === set['lbmethod']);
  if (!lbmethod) throw new Error(`no lbmethod ${set['lbmethod']}`);
  return new Balancer({
    lbmethod,
    workers: members.map(workerConfig),
    stickysession: set['stickysession'] ?? '',
    nofailover: set['nofailover'] === 'On',
    maxattempts: set['maxattempts'] === undefined ? null : Number(set['maxattempts']),
    failonstatus: set['failonstatus']?.split(',').map(Number) ?? [],
    forcerecovery: set['forcerecovery'] !== 'Off',
  });
}

function workerChange(set: Record<string, string>): WorkerChange {
  const [[field, value]] = Object.entries(set);
  if (field === 'w_lf') return { loadfactor: Number(value) };
  if (field === 'w_ls') return { lbset: Number(value) };
  if (field === 'w_wr') return { route: value };
  if (field === 'w_rr') return { redirect: value };
  return { status: { [field.slice('w_status_'.length) as ManagedFlag]: value !== '0' } };
}

/** Replays one document; yields what differs, as text. */
function* differences(document: Document): Generator<string> {
  const balancer = balancerOf(document);
  const exchanges = new Exchanges(balancer, 4);
  const down = new Set<number>();
  const held = new Map<string, { exchange: Exchange; request: Request }>();

  const answer = (exchange: Exchange, { status, body }: Request, nowNs: number) => {
    exchanges.received(exchange, 'HTTP/1.1 NNN OK'.length + body);
    exchanges.settle(exchange, outcomes.answered, status, nowNs);
    exchanges.close(exchange);
  };

  for (const [index, step] of document.steps.entries()) {
    const where = `seed ${document.seed}, step ${index + 1}`;
    const nowNs = Math.round(step.at * 1e9);
    if (step.op === 'down') down.add(step.worker);
    if (step.op === 'up') down.delete(step.worker);
    if (step.op === 'manager') balancer.manageWorker(step.worker, workerChange(step.set));
    if (step.op === 'release') {
      const { exchange, request } = held.get(step.hold)!;
      answer(exchange, request, nowNs);
    }
    if (step.op === 'request') {
      const exchange = exchanges.open(step.route);
      let next = exchanges.begin(exchange, nowNs);
      while (next === 'dispatch' && down.has(exchange.worker)) {
        next = exchanges.settle(exchange, outcomes.connectFailed, 0, nowNs);
      }
      const worker = next === 'dispatch' ? exchange.worker : null;
      if (worker !== step.expect.worker) {
        yield `${where}: elected ${worker}, httpd ${step.expect.worker}`;
      }
      if (exchange.routeChanged !== step.expect.changed) {
        yield `${where}: route changed ${exchange.routeChanged}`;
      }
      const status = next === 'done' ? exchange.status : step.status;
      if (step.expect.status !== undefined && status !== step.expect.status) {
        yield `${where}: status ${status}, httpd ${step.expect.status}`;
      }
      if (next === 'done') exchanges.close(exchange);
      else {
        exchanges.connected(exchange, nowNs);
        exchanges.sent(exchange, step.sent);
        if (step.hold) held.set(step.hold, { exchange, request: step });
        else answer(exchange, step, nowNs);
      }
    }
    balancer.sync();
    const { workers } = balancer;
    const state = step.state.map((_, w) => [
      workers.lbstatus[w],
      workers.elected[w],
      workers.busy[w],
      workers.transferred[w],
      workers.read[w],
      statusLetters(workers.status[w]),
    ]);
    if (JSON.stringify(state) !== JSON.stringify(step.state)) {
      yield `${where} (${step.op}): ${JSON.stringify(state)}, httpd ${JSON.stringify(step.state)}`;
    }
  }
}

describe('decisions recorded from httpd 2.4.71', () => {
  test('the core takes every one of them, with the same state after every step', (context) => {
    if (!existsSync(recordings)) context.skip('the recordings are not beside this project');
    const lines = gunzipSync(readFileSync(recordings)).toString().trim().split('\n');
    const documents = lines.map((line): Document => JSON.parse(line));
    const found = documents.flatMap((document) => [...differences(document)].slice(0, 1));
    expect(documents.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });
});
