/** Reads Prometheus' text format 0.0.4 strictly: whatever the format or its conventions forbid is an error. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"/;
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;

/** Metrics by name, in their order. */
export function parse(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no line feed');
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let help: [string, string] | null = null;
  let current = '';
  for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
    const wrong = (why: string) => new Error(`line ${i + 1}: ${why}: ${line}`);
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (help !== null) throw wrong('HELP follows HELP');
      if (!/^(?:[^\\]|\\[\\n])*$/.test(rest)) throw wrong('an escape that is none');
      help = [name, rest];
    } else if (kind === 'TYPE') {
      if (help?.[0] !== name) throw wrong('TYPE without its HELP');
      if (families.has(name)) throw wrong('a second TYPE of the metric');
      if (!/^(counter|gauge|histogram|summary)$/.test(rest)) throw wrong('no type');
      if ((rest === 'counter') !== name.endsWith('_total')) throw wrong('counters end in _total');
      families.set(name, { type: rest, help: help[1], samples: [] });
      [help, current] = [null, name];
    } else {
      if (help !== null) throw wrong('HELP without TYPE');
      const sample = sampleOf(line, wrong);
      const family = families.get(current);
      if (family === undefined) throw wrong('a sample before TYPE');
      const suffixes = {
        histogram: ['_bucket', '_sum', '_count'],
        summary: ['', '_sum', '_count'],
      };
      const names = (suffixes[family.type as 'summary'] ?? ['']).map((suffix) => current + suffix);
      if (!names.includes(sample.name)) throw wrong(`a sample among those of ${current}`);
      const key = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(key)) throw wrong('twice the same sample');
      seen.add(key);
      family.samples.push(sample);
    }
  }
  for (const [name, { type, samples }] of families) {
    if (type === 'histogram') checkHistogram(name, samples);
    if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) {
      throw new Error(`${name} is below 0`);
    }
  }
  return families;
}

function sampleOf(line: string, wrong: (why: string) => Error): Sample {
  const [name] = NAME.exec(line) ?? [];
  if (name === undefined) throw wrong('no name');
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    for (;;) {
      const [whole = '', label = '', text = ''] = LABEL.exec(rest) ?? [];
      if (whole === '') throw wrong(`no label at ${rest}`);
      if (Object.hasOwn(labels, label)) throw wrong(`label ${label} twice`);
      const plain: Record<string, string> = { n: '\n', '"': '"', '\\': '\\' };
      labels[label] = text.replace(/\\(.)/g, (_, c: string) => plain[c]!);
      rest = rest.slice(whole.length);
      if (rest.startsWith('}')) break;
      if (!rest.startsWith(',')) throw wrong('labels without a comma');
      rest = rest.slice(1);
    }
    rest = rest.slice(1);
  }
  if (!rest.startsWith(' ') || !VALUE.test(rest.slice(1))) throw wrong('no value');
  return { name, labels, value: Number(rest.slice(1).replace('Inf', 'Infinity')) };
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...others } = sample.labels;
    const key = JSON.stringify(others);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const wrong = (why: string) => new Error(`${name}${key}: ${why}`);
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('Inf', 'Infinity')));
    for (let i = 1; i < buckets.length; i++) {
      if (!(bounds[i]! > bounds[i - 1]!)) throw wrong('bounds do not rise');
      if (buckets[i]!.value < buckets[i - 1]!.value) throw wrong('buckets do not add up');
    }
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw wrong('no last bucket');
    const [count, ...more] = all.filter((sample) => sample.name === `${name}_count`);
    if (count?.value !== buckets.at(-1)!.value || more.length > 0) throw wrong('count is wrong');
    if (all.filter((sample) => sample.name === `${name}_sum`).length !== 1) throw wrong('no sum');
  }
}

/** The value of the sample of `name` with at least these labels. */
export function sampleValue(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const all = [...families.values()].flatMap(({ samples }) => samples);
  const found = all.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  );
  if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} is not one sample`);
  return found[0]?.value;
}
