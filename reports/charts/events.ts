/** Events in charts over time: a band or a rule with a number, and the key to the numbers under the title. */
import type { Study } from '../../sim/result.ts';
import { formatNumber } from '../format.ts';
import type { Layer, Look } from './chart.ts';
import { clipped } from './text-width.ts';

/** The time axis of a study: its unit and how many seconds that is. */
export interface TimeUnit {
  readonly label: string;
  readonly seconds: number;
}

/** Seconds up to half an hour, then minutes, then hours. */
export function timeUnitOf(study: Study): TimeUnit {
  const end = endOf(study);
  if (end > 8 * 3600) return { label: 'h', seconds: 3600 };
  return end > 1800 ? { label: 'min', seconds: 60 } : { label: 's', seconds: 1 };
}

/** End of the last bin in seconds; 0 without series. */
export function endOf(study: Study): number {
  return Math.max(
    0,
    ...study.series.map(({ time }) => (time.seconds.at(-1) ?? 0) + time.binSeconds),
  );
}

/** The scale and axis of simulated time. */
export function timeAxis(study: Study) {
  const unit = timeUnitOf(study);
  return {
    type: 'quantitative',
    scale: {
      domain: [startOf(study) / unit.seconds, endOf(study) / unit.seconds] as number[],
      nice: false,
    },
    axis: { title: `simulated time, ${unit.label}`, grid: false, tickCount: 6 },
  } as const;
}

function startOf(study: Study): number {
  const starts = study.series.flatMap(({ time }) => time.seconds[0] ?? []);
  return starts.length === 0 ? 0 : Math.min(...starts);
}

/** Layers that mark the events, to be put under the lines; none without events in the drawn time. */
export function eventLayers(study: Study, look: Look): Layer[] {
  const unit = timeUnitOf(study).seconds;
  const x = { ...timeAxis(study), field: 'from' };
  const marks = visible(study).map(({ event, number }) => ({
    from: event.seconds / unit,
    until: Math.min(event.untilSeconds ?? event.seconds, endOf(study)) / unit,
    number: `${number}`,
  }));
  if (marks.length === 0) return [];
  const { band } = look.theme;
  return [
    {
      data: { values: marks },
      mark: { type: 'rect', color: band, opacity: 0.13 },
      encoding: { x, x2: { field: 'until' } },
    },
    {
      data: { values: marks },
      mark: { type: 'rule', color: band, strokeDash: [3, 3], opacity: 0.9 },
      encoding: { x },
    },
    {
      data: { values: spaced(marks, (endOf(study) / unit) * (14 / look.width)) },
      mark: {
        type: 'text',
        color: look.theme.ink,
        align: 'left',
        dx: 3,
        fontSize: 11,
        fontWeight: 600,
      },
      encoding: { x, y: { value: 7 }, text: { field: 'number', type: 'nominal' } },
    },
  ];
}

/** Events that begin closer together than `gap` share one label. */
function spaced<T extends { from: number; number: string }>(marks: readonly T[], gap: number): T[] {
  const labels: T[] = [];
  for (const mark of marks) {
    const last = labels.at(-1);
    if (last !== undefined && mark.from - last.from < gap) {
      labels[labels.length - 1] = { ...last, number: `${last.number}, ${mark.number}` };
    } else labels.push(mark);
  }
  return labels;
}

/** More lines than this in the key, and the rest is left to the table of events. */
const KEY_LINES = 6;

/** The key: `1: a: crash for 90s (180 to 270 s)`, one line per event. */
export function eventKey(study: Study, look: Look): string[] {
  const lines = visible(study).map(({ event, number }) => {
    const from = formatNumber(event.seconds);
    const until = event.untilSeconds === null ? '' : ` to ${formatNumber(event.untilSeconds)}`;
    const when = until === '' ? `at ${from} s` : `${from}${until} s`;
    return clipped(`${number}  ${event.label} (${when})`, look.width - 16, 12);
  });
  const more = lines.length - KEY_LINES;
  return more > 0 ? [...lines.slice(0, KEY_LINES), `and ${more} more`] : lines;
}

function visible(study: Study) {
  return study.events
    .map((event, i) => ({ event, number: i + 1 }))
    .filter(
      ({ event }) =>
        event.seconds < endOf(study) && (event.untilSeconds ?? event.seconds) >= startOf(study),
    );
}
