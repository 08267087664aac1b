import { expect, test } from 'vitest';
import { summed } from '../../../src/proxy/observe/summed.ts';

const page = (
  requests: string,
  busy: number,
) => `# HELP fairlead_requests_total Requests that are over.
# TYPE fairlead_requests_total counter
${requests}
# HELP fairlead_worker_busy Requests charged to it now.
# TYPE fairlead_worker_busy gauge
fairlead_worker_busy{worker="a b"} ${busy}
`;

test('what each thread counts is added up, samples that only others have behind; the rest is one for all', () => {
  const own = page('fairlead_requests_total{code="200"} 3', 7);
  const other = page(
    'fairlead_requests_total{code="502"} 2\nfairlead_requests_total{code="200"} 4',
    6,
  );
  expect(summed(own, [other, other])).toBe(
    page('fairlead_requests_total{code="200"} 11\nfairlead_requests_total{code="502"} 4', 7),
  );
});

test('one thread shows its own as it is', () => {
  expect(summed('# anything at all 1e-7\n', [])).toBe('# anything at all 1e-7\n');
});

test('the event loops of all: what they have seen is added up, the latest has the quantiles', () => {
  const loop = (late: number, count: number) => `# HELP fairlead_event_loop_delay_seconds How late.
# TYPE fairlead_event_loop_delay_seconds summary
fairlead_event_loop_delay_seconds{quantile="0.5"} ${late}
fairlead_event_loop_delay_seconds_sum ${late * 2}
fairlead_event_loop_delay_seconds_count ${count}
`;
  expect(summed(loop(0.25, 9), [loop(0.5, 4), loop(0.125, 1)])).toBe(
    loop(0.5, 14).replace('_sum 1', '_sum 1.75'),
  );
});
