/** M/M/c (V07 to V14), stations that lose requests (V15 to V20), and a closed population. */
import {
  erlangB,
  machineRepair,
  mmck,
  mmcSojourn,
  mmcWait,
  mmcWaitQuantile,
} from '../../theory/index.ts';
import { type Case, metric, watched, worker } from '../case.ts';
import { station } from '../station.ts';
import { waitedLonger } from '../watches.ts';

const central = [
  { id: 'V07', slots: 2, load: 0.5, thousands: 300, within: 0.02 },
  { id: 'V08', slots: 2, load: 0.8, thousands: 350, within: 0.03 },
  { id: 'V09', slots: 2, load: 0.9, thousands: 400, within: 0.05 },
  { id: 'V10', slots: 3, load: 2 / 3, thousands: 300, within: 0.025 },
  { id: 'V11', slots: 4, load: 0.9, thousands: 400, within: 0.05 },
  { id: 'V12', slots: 10, load: 0.8, thousands: 350, within: 0.05 },
  { id: 'V13', slots: 10, load: 0.9, thousands: 400, within: 0.05 },
  { id: 'V14', slots: 100, load: 0.95, thousands: 600, within: 0.2 },
].map(({ id, slots, load, thousands, within }) => {
  const late = watched('share beyond p99 of the wait', () => 0.01, 12 * within);
  return station({
    id,
    title: `M/M/${slots}, load ${Number(load.toFixed(3))}`,
    load,
    slots,
    thousands,
    watch: () => waitedLonger(mmcWaitQuantile(slots, load, 0.99)),
    checks: [
      metric('waiting.mean', () => mmcWait(slots, load), within),
      metric('sojourn.mean', () => mmcSojourn(slots, load), within),
      ...(load < 0.95 ? [late] : []),
      metric('utilization', () => load, 0.005),
    ],
  });
});

const lognormal = '{ lognormal: { mean: 1ms, cv: 1.3 } }';
// `queue` counts waiting places; who finds none is answered 503 at once, by the backend.
const loss = [
  { id: 'V15', slots: 10, offered: 8, service: '{ exponential: 1ms }', within: 0.02 },
  { id: 'V15', slots: 10, offered: 8, service: lognormal, within: 0.02 },
  { id: 'V16', slots: 100, offered: 100, service: '{ exponential: 1ms }', within: 0.04 },
  { id: 'V16', slots: 100, offered: 100, service: lognormal, within: 0.04 },
].map(({ id, slots, offered, service, within }) => {
  const law = service === lognormal ? 'lognormal' : 'exponential';
  return station({
    id,
    title: `M/G/${slots}/${slots}, ${offered} offered, ${law}: Erlang B`,
    slots,
    load: offered / slots,
    service,
    backend: 'queue: 0',
    thousands: 250,
    checks: [
      metric('errors.backend', () => erlangB(slots, offered), within),
      metric('sojourn.mean', () => 1, 0.005),
      worker('busyMean', () => offered * (1 - erlangB(slots, offered)), 0.005),
    ],
  });
});

const bounded = [
  { id: 'V17', slots: 1, room: 5, offered: 0.8 },
  { id: 'V18', slots: 1, room: 10, offered: 1.2 },
  { id: 'V19', slots: 4, room: 10, offered: 3.6 },
  { id: 'V20', slots: 4, room: 10, offered: 4.8 },
].map(({ id, slots, room, offered }) => {
  const exact = () => mmck(slots, room, offered);
  return station({
    id,
    title: `M/M/${slots}/${room}, ${offered} offered`,
    slots,
    load: offered / slots,
    backend: `queue: ${room - slots}`,
    thousands: 250,
    checks: [
      metric('errors.backend', () => exact().blocking, 0.03),
      metric('sojourn.mean', () => exact().sojourn, 0.01),
      worker('busyMean', () => exact().inSystem, 0.01),
      metric('throughput', () => exact().throughput, 0.005, 1 / 1000),
    ],
  });
});

const closed = [
  { users: 10, think: 9 },
  { users: 30, think: 9 },
].map(({ users, think }) =>
  station({
    id: 'closed',
    title: `${users} users who think for ${think} and share one server`,
    load: 0.9,
    arrival: `{ closed: { users: ${users}, think: { exponential: ${think}ms } } }`,
    thousands: 300,
    checks: [
      metric('sojourn.mean', () => machineRepair(users, think).sojourn, 0.01),
      metric('throughput', () => machineRepair(users, think).throughput, 0.01, 1 / 1000),
    ],
  }),
);

export const severalServers: readonly Case[] = [...central, ...loss, ...bounded, ...closed];
