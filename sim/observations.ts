/**
 * What one replication measures. Counting is by arrival: a request that arrived inside the window counts, however
 * late it ends. Averages over time are over the window itself. Everything here is O(1) a request.
 */
import { type MetricName, metricNames, metricOf } from '../src/scenario/metrics.ts';
import { DOUBLE } from './double.ts';
import { excess, jain, shareError, skew } from './fairness.ts';
import { Gauge, Gauges } from './gauges.ts';
import { countOf, type Histogram, histogram, maxOf, quantile, sumOf } from './histogram.ts';
import { Peak } from './peak.ts';
import { Picks } from './picks.ts';
import { Sojourns } from './sojourns.ts';

/** Shares are back when each is this close to its target over a whole sliding window; 5 %, whatever rounding. */
const RECOVERED = 0.05 + 1e-9;
/** Histograms per worker are coarse, and only kept where a table of workers can be read. */
const WORKER_MANTISSA_BITS = 6;
const WORKERS_IN_DETAIL = 64;

/** How a request ended without an answer that is a success. */
export const CAUSES = ['unavailable', 'gateway', 'backend', 'timeout'] as const;
export type Cause = (typeof CAUSES)[number];

/** What happened in each bin of time since the window began: one number a bin, in `busy` one a bin and worker. */
export interface Series {
  readonly binNs: number;
  /** Bins that are full. */
  bins: number;
  /** Time averages. */
  readonly busy: number[];
  readonly queue: number[];
  /** Counts; the last entry belongs to the bin that is filling. */
  readonly arrivals: number[];
  readonly errors: number[];
}

/** What is counted of one worker. */
export class WorkerCounts {
  bytes = DOUBLE;
  failures = 0;
  sessions = 0;
  /** Requests in flight, as the core counts them. */
  readonly busy: Gauge;
  readonly sojourns: Sojourns;

  constructor(busy: Gauge, sojourns: Sojourns) {
    this.bytes = 0;
    this.busy = busy;
    this.sojourns = sojourns;
  }
}

export class Observations {
  readonly targets: Float64Array;
  readonly sojourns: Histogram = histogram();
  /** Empty where there are too many workers to tell them apart. */
  readonly workerSojourns: readonly Histogram[];
  /** Requests in flight of each worker, as the core counts them. */
  readonly busy: Gauges;
  /** Largest busy of any worker. */
  readonly busiest = new Gauge();
  readonly workers: readonly WorkerCounts[];
  readonly series: Series;
  /** Time averages over the window, per worker; known when it is over. */
  busyMean: Float64Array;
  utilization: Float64Array;
  /** 1 inside the window; V8 tests numbers in three instructions, truth in eight. */
  open = 0;
  windowNs = DOUBLE;
  /** Arrivals and errors in the bin that is filling. */
  binArrivals = 0;
  binErrors = 0;
  arrived = 0;
  succeeded = 0;
  failed = new Float64Array(CAUSES.length);
  unfinished = 0;
  /** Finished inside the window without an error, whenever they arrived. */
  completed = 0;
  waitedNs = DOUBLE;
  withinSlo = 0;
  queueMax = 0;
  sessions = 0;
  moved = 0;
  broken = 0;
  /** Crashes that the balancer has not marked yet. */
  crashing = 0;
  /** Requests sent elsewhere although the worker of their route could serve: a fault of the core. */
  unforcedMoves = 0;

  private readonly peak: Peak;
  private readonly pickOrder: Picks;
  private readonly crashedNs: Float64Array;
  private recovering: { worker: number; sinceNs: number; picked: boolean }[] = [];
  private detectedNs: number[] = [];
  private recoveredNs: number[] = [];
  private startedNs = DOUBLE;
  private binBeganNs = DOUBLE;
  private peakMean = DOUBLE;
  /** Integrals when the last bin began: of each worker's busy, and of all waiting. */
  private readonly binAreas: Float64Array;

  constructor(targets: Float64Array, binNs: number) {
    const workers = targets.length;
    this.targets = targets;
    this.busy = new Gauges(workers);
    this.busyMean = new Float64Array(workers);
    this.utilization = new Float64Array(workers);
    this.binAreas = new Float64Array(workers + 1);
    const detailed = workers <= WORKERS_IN_DETAIL ? workers : 0;
    this.workerSojourns = Array.from({ length: detailed }, () => histogram(WORKER_MANTISSA_BITS));
    const together = new Sojourns(this.sojourns, null);
    this.workers = this.busy.all.map((busy, worker) => {
      const own = this.workerSojourns[worker];
      return new WorkerCounts(busy, own ? new Sojourns(this.sojourns, own) : together);
    });
    this.series = { binNs, bins: 0, busy: [], queue: [], arrivals: [], errors: [] };
    this.peak = new Peak(workers);
    this.pickOrder = new Picks(targets);
    this.crashedNs = new Float64Array(workers).fill(Number.NaN);
    this.windowNs = 0;
    this.waitedNs = 0;
    this.startedNs = 0;
    this.binBeganNs = 0;
    this.peakMean = 0;
  }

  get picks(): Float64Array {
    return this.pickOrder.smoothness.counts;
  }

  get tries(): number {
    return this.pickOrder.smoothness.time;
  }

  get decisions(): number {
    return this.pickOrder.decisions;
  }

  get bytes(): Float64Array {
    return Float64Array.from(this.workers, ({ bytes }) => bytes);
  }

  get failures(): Float64Array {
    return Float64Array.from(this.workers, ({ failures }) => failures);
  }

  get sessionsAt(): Float64Array {
    return Float64Array.from(this.workers, ({ sessions }) => sessions);
  }

  /** The worker's busy has changed. */
  changeBusy({ busy: gauge }: WorkerCounts, change: number, nowNs: number): void {
    const before = gauge.value;
    const busy = before + change;
    gauge.set(busy, nowNs);
    const peak = this.peak;
    peak.change(before, busy);
    if (peak.max !== this.busiest.value) this.busiest.set(peak.max, nowNs);
  }

  pick(worker: number, measured: number, nowNs: number): void {
    this.pickOrder.note(worker, measured, this.open);
    if (this.recovering.length > 0 && this.open === 1) this.#recover(worker, nowNs);
  }

  /** A worker is back once it is picked again and every share is on target again. */
  #recover(worker: number, nowNs: number): void {
    for (const crash of this.recovering) if (crash.worker === worker) crash.picked = true;
    this.pickOrder.settle();
    if (!this.pickOrder.sliding.withinNow(RECOVERED)) return;
    for (const { picked, sinceNs } of this.recovering) {
      if (picked) this.recoveredNs.push(nowNs - sinceNs);
    }
    this.recovering = this.recovering.filter(({ picked }) => !picked);
  }

  success({ sojourns }: WorkerCounts, sojournNs: number, waitedNs: number, sloNs: number): void {
    this.succeeded++;
    this.waitedNs += waitedNs;
    if (sojournNs <= sloNs) this.withinSlo++;
    sojourns.note(sojournNs);
  }

  failure(cause: Cause): void {
    this.failed[CAUSES.indexOf(cause)]++;
  }

  crash(worker: number, nowNs: number): void {
    if (this.open === 0) return;
    this.crashedNs[worker] = nowNs;
    this.crashing++;
  }

  /** The balancer has marked `worker` in error, perhaps for a crash. */
  marked(worker: number, nowNs: number): void {
    if (this.crashing === 0 || Number.isNaN(this.crashedNs[worker])) return;
    this.detectedNs.push(nowNs - this.crashedNs[worker]);
    this.crashedNs[worker] = Number.NaN;
    this.crashing--;
  }

  /** The crash of `worker` is over, noticed or not. */
  restarted(worker: number, nowNs: number): void {
    if (!Number.isNaN(this.crashedNs[worker])) {
      this.crashedNs[worker] = Number.NaN;
      this.crashing--;
    }
    const picked = this.targets[worker] === 0; // nobody expects to be picked again
    if (this.open === 1) this.recovering.push({ worker, sinceNs: nowNs, picked });
  }

  beginWindow(nowNs: number): void {
    this.open = 1;
    this.startedNs = nowNs;
    this.busy.restart(nowNs);
    this.busiest.restart(nowNs);
    this.#openBin(nowNs);
  }

  /** `usedSlots`: integral of the slots at work at each station, over the window. */
  endWindow(usedSlots: Float64Array, slots: Float64Array, nowNs: number): void {
    if (this.open === 0) {
      this.busyMean.fill(Number.NaN); // a log that ends before the warm-up does
      this.utilization.fill(Number.NaN);
      return;
    }
    this.#shutBin();
    this.open = 0;
    this.windowNs = nowNs - this.startedNs;
    this.busyMean = this.busy.area(nowNs).map((area) => area / this.windowNs);
    this.utilization = usedSlots.map((area, worker) => area / this.windowNs / slots[worker]);
    this.peakMean = this.busiest.area(nowNs) / this.windowNs;
  }

  /** A bin of the series is full. `waiting`: integral of all that waits, since the window began. */
  endBin(waiting: number, nowNs: number): void {
    const { series, busy } = this;
    const areas = this.binAreas;
    busy.area(nowNs).forEach((area, worker) => {
      series.busy.push((area - areas[worker]) / series.binNs);
      areas[worker] = area;
    });
    series.queue.push((waiting - areas[busy.all.length]) / series.binNs);
    areas[busy.all.length] = waiting;
    series.bins++;
    this.#shutBin();
    this.#openBin(nowNs);
  }

  /** Whether the bin that is filling is as long as a bin. */
  isBinFull(nowNs: number): boolean {
    return nowNs - this.binBeganNs >= this.series.binNs;
  }

  #openBin(nowNs: number): void {
    this.binBeganNs = nowNs;
    this.binArrivals = 0;
    this.binErrors = 0;
  }

  #shutBin(): void {
    this.series.arrivals.push(this.binArrivals);
    this.series.errors.push(this.binErrors);
  }

  /** Counts what was only noted: before any number of picks or sojourns is read. */
  settle(): void {
    this.pickOrder.settle();
    for (const { sojourns } of this.workers) sojourns.settle();
  }

  /** All metrics, in the order of `metricNames`; NaN where this replication has no data. */
  metrics(slots: Float64Array, sloGiven: boolean): Float64Array {
    const values = this.#values(slots, sloGiven);
    return Float64Array.from(metricNames, (name) => values[name]);
  }

  #values(slots: Float64Array, sloGiven: boolean): Record<string, number> {
    const { targets, picks, arrived, pickOrder } = this;
    const { sojourns } = this;
    const ms = (ns: number) => ns / 1e6;
    const failed = this.failed.reduce((sum, count) => sum + count, this.unfinished);
    const answered = countOf(sojourns);
    const at = (name: MetricName, p: number) =>
      answered < (metricOf(name)!.requests ?? 1) ? Number.NaN : ms(quantile(sojourns, p));
    const busyMean = sumOver(this.busyMean, () => 1) / targets.length;
    const used = sumOver(this.utilization, (worker) => slots[worker]);
    return {
      'sojourn.mean': ms(sumOf(sojourns) / answered),
      'sojourn.p50': at('sojourn.p50', 0.5),
      'sojourn.p90': at('sojourn.p90', 0.9),
      'sojourn.p95': at('sojourn.p95', 0.95),
      'sojourn.p99': at('sojourn.p99', 0.99),
      'sojourn.p999': at('sojourn.p999', 0.999),
      'sojourn.max': answered === 0 ? Number.NaN : ms(maxOf(sojourns)),
      'waiting.mean': ms(this.waitedNs / answered),
      throughput: this.completed / (this.windowNs / 1e9),
      'errors.rate': failed / arrived,
      'errors.unavailable': this.failed[0] / arrived,
      'errors.gateway': this.failed[1] / arrived,
      'errors.backend': this.failed[2] / arrived,
      'errors.timeout': this.failed[3] / arrived,
      'errors.unfinished': this.unfinished / arrived,
      'attempts.mean': this.tries / arrived,
      'fairness.jain': jain(picks, targets),
      'fairness.excess': excess(picks, targets),
      'fairness.traffic': jain(this.bytes, targets),
      'fairness.window': pickOrder.sliding.worst(),
      'fairness.smoothness': pickOrder.smoothness.worst(),
      'share.error': shareError(picks, targets),
      'imbalance.peak': this.peakMean / busyMean,
      'queue.max': this.queueMax,
      'sessions.broken': this.broken / this.sessions,
      'sessions.moved': this.moved / this.sessions,
      'sticky.skew': skew(this.sessionsAt, targets),
      'failover.detect': mean(this.detectedNs) / 1e9,
      'failover.recover': mean(this.recoveredNs) / 1e9,
      'slo.attained': sloGiven ? this.withinSlo / arrived : Number.NaN,
      utilization: used / sumOver(slots, () => 1),
    };
  }
}

function sumOver(values: Float64Array, weight: (index: number) => number): number {
  return values.reduce((sum, value, index) => sum + value * weight(index), 0);
}

/** NaN of nothing. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
