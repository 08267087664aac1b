import type { TerminalOptions } from '../../reports/table.ts';

/** What stdout can show: colour only on a terminal that wants it, and 100 columns where nobody says. */
export function terminal(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  return { colour, width: process.stdout.columns ?? 100 };
}
