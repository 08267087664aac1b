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
