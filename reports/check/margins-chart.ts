/** One picture of a check: every metric's change as a part of its margin, so that all fit on one axis. */
import type { TopLevelSpec } from 'vega-lite';
import type { CheckResult, GateVerdict } from '../../sim/check/result.ts';
import { frame, type Look, labelLimit, numberLabel } from '../charts/chart.ts';
import { intervalMarks } from '../charts/interval-marks.ts';
import { drawSvg } from '../charts/svg.ts';
import { light } from '../charts/theme.ts';
import { formatChange } from './words.ts';

const WIDTH = 860;
/** Pixels a row. */
const STEP = 20;
/** Beyond so many margins a change is drawn at the edge: how bad it is stands beside it. */
const REACH = 3;

const verdicts: GateVerdict[] = ['passed', 'failed', 'inconclusive', 'no data'];

/** The chart as SVG; null when nothing was compared. */
export async function marginsSvg(result: CheckResult): Promise<string | null> {
  const spec = marginsSpec(result, { theme: light, width: WIDTH });
  return spec === null ? null : `${await drawSvg(spec)}\n`;
}

/** The specification of the chart; null when nothing was compared. */
export function marginsSpec(result: CheckResult, look: Look): TopLevelSpec | null {
  const values = rowsOf(result);
  if (values.length === 0) return null;
  const { better, worse, unclear } = look.theme.verdicts;
  const range = [better, worse, unclear, unclear];
  const color = {
    field: 'verdict',
    scale: { domain: verdicts, range },
    legend: { title: null, orient: 'top' },
  } as const;
  const x = {
    type: 'quantitative',
    scale: { domain: [-REACH, REACH] as number[], nice: false, clamp: true },
    axis: {
      title: 'change as a part of the margin: above 1 is too much worse',
      labelExpr: numberLabel('+~r'),
    },
  } as const;
  const axis = { title: null, ticks: false, domain: false, labelLimit: 2 * labelLimit(look) };
  const y = { field: 'row', type: 'nominal', sort: null, axis } as const;
  const description =
    'One row a metric: its change against the reference as a part of its margin, with the 95 % interval.';
  return {
    ...frame({ title: 'Changes against their margins', description }, look),
    width: look.width / 2.4,
    height: { step: STEP },
    data: { values },
    layer: [
      { mark: { type: 'rule', color: look.theme.line }, encoding: { x: { ...x, datum: 0 } } },
      {
        mark: { type: 'rule', color: look.theme.ink, strokeDash: [4, 3] },
        encoding: { x: { ...x, datum: 1 } },
      },
      ...intervalMarks({ x, y, color, verdicts, fontSize: 11 }),
    ],
  };
}

/** Worse is to the right, whatever the metric. Names keep to what vega's expressions can read. */
function rowsOf({ scenarios }: CheckResult) {
  return scenarios.flatMap(({ name, gates }) =>
    gates.flatMap(({ metric, change, verdict, note }) => {
      if (change === null) return [];
      const part = (amount: number) => amount / change.margin;
      const ends = (change.ci95 ?? [change.mean, change.mean]).map(part);
      const row = `${name} ${metric}`.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
      const words = note === '' ? formatChange(change) : note;
      return [
        {
          row,
          value: part(change.mean),
          low: Math.min(...ends),
          high: Math.max(...ends),
          verdict,
          words,
        },
      ];
    }),
  );
}
