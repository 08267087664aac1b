/** Worked example E40 from real httpd 2.4.71: the backend closes without answering. Statuses only. */
import { expect, test } from 'vitest';
import {
  Balancer,
  Exchanges,
  lbmethods,
  outcomes,
  statusLetters,
} from '../../../src/core/index.ts';

/** What becomes of a request whose backend connection closes before a status line. */
function closedEarly({ keptAlive = false, newConnection = true, failonstatus = [] as number[] }) {
  const balancer = new Balancer({ lbmethod: lbmethods[0], workers: [{}, {}], failonstatus });
  const exchanges = new Exchanges(balancer);
  const exchange = exchanges.open(null, keptAlive);
  exchanges.begin(exchange, 1);
  if (newConnection) expect(exchanges.connected(exchange, 2)).toBe('send');
  const step = exchanges.settle(exchange, outcomes.closedEarly, 0, 3);
  return {
    step,
    tries: exchange.tries,
    status: exchange.status,
    flags: statusLetters(balancer.workers.status[0]),
  };
}

test.each([
  // keptAlive, newConnection, status (0: connection closed without a response), flags
  [false, true, 502, ''],
  [false, false, 502, ''],
  [true, true, 0, 'E'],
  [true, false, 0, ''],
])(
  'kept alive %s, new connection %s: status %i, flags "%s"',
  (keptAlive, newConnection, status, flags) => {
    const seen = closedEarly({ keptAlive, newConnection });
    expect(seen).toEqual({ step: 'done', tries: 1, status, flags });
  },
);

test('failonstatus=502 marks the worker after the first request of a connection', () => {
  expect(closedEarly({ failonstatus: [502] })).toMatchObject({ status: 502, flags: 'E' });
});
