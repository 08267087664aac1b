/** One exposition of several threads: what each thread counts by itself is added up, the rest they have in common. */

/** Whose values are those of one thread. */
const OF_A_THREAD =
  /^fairlead_(client_|event_loop_|requests_|request_duration_|picks_|unserved_|log_lines_|shadow_|worker_(tries|failed_tries|responses|connect_duration|first_byte_duration|waiting|connections)(_|$))/;

/** A metric: its lines that begin with `#`, then its samples by name and labels. */
interface Metric {
  readonly comments: string[];
  readonly samples: Map<string, number>;
}

export function summed(own: string, others: readonly string[]): string {
  if (others.length === 0) return own;
  const metrics = metricsOf(own);
  for (const other of others) {
    for (const [name, { comments, samples }] of metricsOf(other)) {
      if (!OF_A_THREAD.test(name)) continue;
      const sums = metrics.get(name) ?? { comments, samples: new Map() };
      metrics.set(name, sums);
      for (const [sample, value] of samples) {
        sums.samples.set(sample, both(sample, sums.samples.get(sample) ?? 0, value));
      }
    }
  }
  const lines = [...metrics.values()].flatMap(({ comments, samples }) => [
    ...comments,
    ...Array.from(samples, ([sample, value]) => `${sample} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

/** Nobody can tell a quantile of all from theirs: that of the latest thread. */
function both(sample: string, one: number, other: number): number {
  return sample.includes('{quantile=') ? Math.max(one, other) : one + other;
}

/** By the names that their comments say. */
function metricsOf(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  let metric: Metric = { comments: [], samples: new Map() };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (!line.startsWith('#')) {
      const at = line.lastIndexOf(' ');
      metric.samples.set(line.slice(0, at), Number(line.slice(at + 1)));
      continue;
    }
    const name = line.split(' ')[2]!;
    metric = metrics.get(name) ?? { comments: [], samples: new Map() };
    metrics.set(name, metric);
    metric.comments.push(line);
  }
  return metrics;
}
