import { DOUBLE } from './double.ts';
import { Gauge } from './gauges.ts';

/** What Little's law and the conservation of exchanges are checked on, over all proxies. */
export class Ledger {
  /** Exchanges begun and not closed: their number over time. */
  readonly underWay = new Gauge();
  /** Sums over closed exchanges: time under way, and time of all tries from pick to close. */
  residenceNs = DOUBLE;
  tryTimeNs = DOUBLE;
  /** Integral of the workers' busy before the window began. */
  busyBeforeNs = DOUBLE;
  begun = 0;
  closed = 0;
  /** A reset of counters cleared busy under open requests: what was busy can no longer be added up. */
  busyWasReset = false;

  constructor() {
    this.residenceNs = 0;
    this.tryTimeNs = 0;
    this.busyBeforeNs = 0;
  }
}
