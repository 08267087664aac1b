/** Prometheus' text format, version 0.0.4: one block of lines for each metric, in the order in which they are told. */
import { BOUNDS, type Distribution } from './counters.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export type Labels = Readonly<Record<string, string>>;
type Kind = 'counter' | 'gauge' | 'histogram' | 'summary';

export class Exposition {
  #text = '';
  #name = '';

  get text(): string {
    return this.#text;
  }

  /** Begins a metric. Names of counters end in `_total`. `help` is one sentence. */
  metric(name: string, kind: Kind, help: string): this {
    this.#name = name;
    const said = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    this.#text += `# HELP ${name} ${said}\n# TYPE ${name} ${kind}\n`;
    return this;
  }

  /** A value of the metric begun last. */
  sample(labels: Labels, value: number, suffix = ''): this {
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`);
    const set = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
    this.#text += `${this.#name}${suffix}${set} ${number(value)}\n`;
    return this;
  }

  /** The lines of a histogram. */
  distribution(labels: Labels, { upTo, count, sum }: Distribution): this {
    for (const [i, bound] of BOUNDS.entries()) {
      this.sample({ ...labels, le: number(bound) }, upTo[i]!, '_bucket');
    }
    return this.sample({ ...labels, le: '+Inf' }, count, '_bucket')
      .sample(labels, sum, '_sum')
      .sample(labels, count, '_count');
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return `${value}`;
  return value > 0 ? '+Inf' : '-Inf';
}
