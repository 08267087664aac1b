/** Writes baselines. What somebody has changed in the margins stays as it is, comments included. */
import {
  Document,
  isMap,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { metricOf } from '../../src/scenario/metrics.ts';
import { BASELINE_FORMAT } from './baseline-file.ts';
import { defaultMargins } from './margins.ts';
import type { Baseline } from './reference.ts';

const HEAD = ` What \`fairlead check\` compares with. Written by \`fairlead check --update\`: edit the margins, nothing else.`;

const NOTES: Readonly<Record<string, string>> = {
  sha256: ' of the scenario and the files it names, when this was written',
  workload:
    ' of its traffic, backends and events: these must be the same for numbers to be compared',
  warmup: ' nanoseconds, the same for every run that is compared',
  replications: ' one a line: the fingerprint of its decisions, then its metrics',
  margins: ' how much worse each may get: relative to its mean, or by an amount',
};

/** `before`, the file as it is (empty if there is none), with these entries put in or replaced. */
export function writeBaselines(before: string, baselines: ReadonlyMap<string, Baseline>): string {
  const document = before.trim() === '' ? fresh() : parseDocument(before);
  for (const [name, baseline] of baselines) {
    const path = ['scenarios', name];
    const margins = document.getIn([...path, 'margins'], true);
    document.setIn(path, entryOf(document, baseline, margins));
  }
  return document.toString({ lineWidth: 0 });
}

function fresh(): Document {
  const document = new Document({ format: BASELINE_FORMAT, scenarios: {} });
  document.commentBefore = HEAD;
  return document;
}

function entryOf(document: Document, baseline: Baseline, kept: unknown): YAMLMap {
  const { version, lbmethod, seed, sha256, workload, warmupNs, values, fingerprints } = baseline;
  const metrics = Object.keys(values);
  const replications = fingerprints.map((fingerprint, r) => {
    const row = metrics.map((metric) => values[metric]?.[r] ?? Number.NaN);
    return [fingerprint, ...row.map((x) => (Number.isNaN(x) ? null : x))];
  });
  const plain = { version, lbmethod, seed, sha256, workload, warmup: warmupNs };
  const node = document.createNode({ ...plain, metrics, replications });
  const margins = isMap(kept) ? kept : marginsNode(document, baseline);
  const at = node.items.findIndex(({ key }) => (key as Scalar).value === 'metrics');
  node.items.splice(at, 0, document.createPair('margins', margins) as never);
  for (const { key, value } of node.items as { key: Scalar<string>; value: Scalar }[]) {
    const note = NOTES[key.value];
    if (note === undefined) continue;
    if (isMap(value) || isSeq(value)) key.commentBefore = note;
    else value.comment = note;
  }
  (node.get('metrics') as YAMLSeq).flow = true;
  for (const row of (node.get('replications') as YAMLSeq<YAMLSeq>).items) row.flow = true;
  return node;
}

function marginsNode(document: Document, { margins }: Baseline): YAMLMap {
  const node = document.createNode({}) as YAMLMap;
  for (const [metric, margin] of Object.entries(margins)) {
    const isShare = 'relative' in margin || metricOf(metric)?.unit === 'share';
    const [kind, amount] = Object.entries(margin)[0] as [string, number];
    const unit = metricOf(metric)?.unit;
    const text = isShare
      ? `${plain(amount * 100)}%`
      : unit === 'ms' || unit === 's'
        ? `${plain(amount)}${unit}`
        : amount;
    const value = document.createNode({ [kind]: text }, { flow: true });
    const why = defaultMargins[metric as keyof typeof defaultMargins]?.why;
    if (why !== undefined) value.comment = ` ${why}`;
    node.set(metric, value);
  }
  return node;
}

function plain(x: number): number {
  return Number(x.toPrecision(6));
}
