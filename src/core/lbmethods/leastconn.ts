import { defineLbMethod } from '../lbmethod.ts';
import { envoy, prepareEnvoy } from './leastconn/envoy.ts';
import { haproxy } from './leastconn/haproxy.ts';
import { nginx } from './leastconn/nginx.ts';
import { heapColumns, heapState } from './parts/deadline-heap.ts';
import { inTurnColumns } from './parts/in-turn.ts';

/** Fewest requests in flight per load factor, as three well-known balancers mean it. */
export const leastconn = defineLbMethod({
  name: 'leastconn',
  summary: 'fewest requests in flight per load factor (HAProxy, nginx, Envoy)',
  source: "HAProxy's lb_fwlc.c, nginx's least_conn module, Envoy's LEAST_REQUEST",
  variant:
    'haproxy: least (requests + 1) / factor, idle workers first whatever their factor. nginx: least requests / factor. envoy: with equal factors some drawn with replacement, else by deadline with weights factor / (requests + 1)^bias',
  ties: 'haproxy: in turn, who was elected longest ago; nginx: smooth weighted round robin; envoy: drawn first, or due first',
  cost: 'haproxy and nginx O(candidates); envoy O(choices) or O(log candidates)',
  parameters: {
    variant: {
      kind: 'choice',
      values: ['haproxy', 'nginx', 'envoy'],
      default: 'haproxy',
      says: 'whose rule',
    },
    choices: { kind: 'whole', min: 1, max: 16, default: 2, says: 'envoy: workers drawn' },
    bias: {
      kind: 'number',
      min: 0,
      max: 10,
      default: 1,
      says: 'envoy: how much load lowers weights',
    },
  },
  columns: { ...heapColumns, ...inTurnColumns, turn: 'f64' },
  tables: () => ({
    queue: { columns: heapState, rows: 1 },
    turns: { columns: { taken: 'f64', equal: 'i32' }, rows: 1 },
  }),
  prepare(state, among) {
    if (state.parameters.variant === 'envoy') prepareEnvoy(state, among);
  },
  elect(state, among) {
    const { variant } = state.parameters;
    if (variant === 'haproxy') return haproxy(state, among);
    return variant === 'nginx' ? nginx(state, among) : envoy(state, among);
  },
  reset({ turn, current, turns }, rows) {
    turn.fill(0, 0, rows);
    current.fill(0, 0, rows);
    turns.taken[0] = 0;
  },
});
