import type { Result, Study, Verdict } from '../../sim/result.ts';
import { againstBaseline, comparedVerdicts } from '../headline.ts';
import { formatShift, shiftOf } from '../shift.ts';
import { type Chart, frame, type Look, labelLimit, numberLabel, type Panel } from './chart.ts';
import { intervalMarks } from './interval-marks.ts';
import { widestOf } from './text-width.ts';

const verdicts: Verdict[] = ['better', 'worse', 'equivalent', 'unclear', 'different'];

/** Pixels per lbmethod. */
const STEP = 20;

/** Paired differences of every lbmethod from the first, with intervals, in the terms of each metric's margin. */
export const differences: Chart = {
  name: 'differences',
  title: 'Differences from the first lbmethod',
  description:
    'Per metric one point per lbmethod: its paired difference from the first lbmethod with the 95 % interval. ' +
    'The upright line is no difference; the verdict is written beside each point.',
  spec(study, look) {
    const { result } = study;
    const groups = comparedVerdicts(result)
      .map((metric) => ({ metric, rows: differenceRows(result, metric) }))
      .filter(({ rows }) => rows.length > 0);
    if (groups.length === 0) return null;
    const words = groups.flatMap(({ rows }) => rows.map((row) => row.words));
    const plot = look.width - labelsWidth(result, look) - widestOf(words, 12) - 40;
    const width = Math.max(90, plot);
    return {
      ...frame(differences, look),
      title: { text: differences.title, subtitle: `against ${result.runs[0]?.lbmethod}` },
      spacing: 14,
      vconcat: groups.map(({ metric, rows }) => panel(metric, rows, look, width)),
    };
  },
  table(study) {
    return {
      header: ['metric', 'lbmethod', 'against', 'difference', 'low', 'high', 'unit', 'verdict'],
      rows: tableRows(study),
    };
  },
};

function tableRows({ result }: Study) {
  const baseline = result.runs[0]?.lbmethod ?? null;
  return comparedVerdicts(result).flatMap((metric) =>
    differenceRows(result, metric).map((row) => {
      const { lbmethod, value, low, high, unit, verdict } = row;
      return [metric, lbmethod, baseline, value, low, high, unit, verdict];
    }),
  );
}

type DifferenceRow = ReturnType<typeof differenceRows>[number];

function differenceRows(result: Result, metric: string) {
  return result.runs.slice(1).flatMap(({ lbmethod }) => {
    const comparison = againstBaseline(result, lbmethod, metric);
    if (comparison === undefined) return [];
    const shift = shiftOf(result, comparison);
    const [low, high] = shift.ci95 ?? [shift.value, shift.value];
    const { verdict } = comparison;
    const words = `${formatShift(shift)}  ${verdict}`;
    return [{ lbmethod, value: shift.value, low, high, unit: shift.unit, verdict, words }];
  });
}

/** Room for the names, the same in every panel, so that the panels line up. */
function labelsWidth({ runs }: Result, look: Look): number {
  const names = runs.slice(1).map((run) => run.lbmethod);
  return Math.min(labelLimit(look), widestOf(names, 11)) + 8;
}

function panel(metric: string, rows: DifferenceRow[], look: Look, width: number): Panel {
  const { theme } = look;
  const reach = Math.max(...rows.flatMap((row) => [row.low, row.high].map(Math.abs))) || 1;
  const unit = { '%': 'difference, %', pp: 'difference, percentage points', '': 'difference' };
  const x = {
    type: 'quantitative',
    scale: { domain: [-reach * 1.05, reach * 1.05] as number[], nice: false },
    axis: {
      title: unit[rows[0]!.unit as keyof typeof unit] ?? `difference, ${rows[0]!.unit}`,
      tickCount: width < 200 ? 3 : 5,
      labelExpr: numberLabel('+~r'),
    },
  } as const;
  const axis = {
    title: null,
    ticks: false,
    domain: false,
    labelLimit: labelLimit(look),
  };
  const y = { field: 'lbmethod', type: 'nominal', sort: null, axis } as const;
  const range = verdicts.map((verdict) => theme.verdicts[verdict]);
  const color = { field: 'verdict', scale: { domain: verdicts, range }, legend: null };
  return {
    title: { text: metric, fontSize: 12, offset: 6, frame: 'group' },
    width,
    height: { step: STEP },
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', color: theme.ink }, encoding: { x: { ...x, datum: 0 } } },
      ...intervalMarks({ x, y, color, verdicts, fontSize: 12 }),
    ],
  };
}
