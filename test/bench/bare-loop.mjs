/**
 * The bench's yardstick: the same model (Poisson arrivals, round robin over servers of one slot, exponential
 * service, first come first served) as a bare event loop: no policy core, no metrics but the mean.
 */
import seedrandom from 'seedrandom';
import { EventQueue } from '../../dist/sim/event-queue.js';

const ARRIVE = -1;

/** Simulates `requests` arrivals; returns the mean sojourn in units of the mean service time. */
export function bareLoop(requests, servers, load, seed) {
  const arrivals = seedrandom.alea(`arrivals ${seed}`).double;
  const services = seedrandom.alea(`services ${seed}`).double;
  const gapNs = 1e7 / (servers * load);
  const queue = new EventQueue();
  const capacity = 1 << 16;
  const waiting = Array.from({ length: servers }, () => new Float64Array(capacity));
  const demands = Array.from({ length: servers }, () => new Float64Array(capacity));
  const head = new Int32Array(servers);
  const length = new Int32Array(servers);
  let arrived = 0;
  let next = 0;
  let sumNs = 0;
  queue.push(Math.round(-gapNs * Math.log(1 - arrivals())), ARRIVE);
  while (queue.pop()) {
    const nowNs = queue.timeNs;
    if (queue.event === ARRIVE) {
      if (++arrived < requests) {
        queue.push(nowNs + Math.round(-gapNs * Math.log(1 - arrivals())), ARRIVE);
      }
      const server = next;
      next = next + 1 === servers ? 0 : next + 1;
      const at = (head[server] + length[server]++) & (capacity - 1);
      waiting[server][at] = nowNs;
      demands[server][at] = Math.round(-1e7 * Math.log(1 - services()));
      if (length[server] === 1) queue.push(nowNs + demands[server][at], server);
    } else {
      const server = queue.event;
      sumNs += nowNs - waiting[server][head[server]];
      head[server] = (head[server] + 1) & (capacity - 1);
      if (--length[server] > 0) queue.push(nowNs + demands[server][head[server]], server);
    }
  }
  return sumNs / requests / 1e7;
}
