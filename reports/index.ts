/** Reports of a study: text for the terminal, files for people and for other tools. */
export { renderCapacityPage } from './capacity/page.ts';
export { renderCapacity } from './capacity/table.ts';
export { writeCapacityReport } from './capacity/write.ts';
export type { Chart, DataTable, Look } from './charts/chart.ts';
export { charts } from './charts/index.ts';
export { drawSvg } from './charts/svg.ts';
export { dark, light, type Theme } from './charts/theme.ts';
export { renderPage } from './html.ts';
export { expectationSentence, summarySentences, verdictSentence } from './sentences.ts';
export { renderSweepPage } from './sweep/page.ts';
export { renderSweep } from './sweep/table.ts';
export { writeSweepReport } from './sweep/write.ts';
export { renderStudy, type TerminalOptions } from './table.ts';
export { writeReport } from './write.ts';
