/** Ctrl-C, or a pipeline that is called off, while something long runs. */
import { exit } from './exit.ts';

/**
 * Does `work`. On SIGINT or SIGTERM meanwhile the process stops what is shown, says so (and what was `kept`), and ends
 * with 130 or 143, as a shell tells of these signals.
 */
export async function interruptible<T>(
  work: () => Promise<T>,
  stop: () => void = () => {},
  kept: () => string = () => '',
): Promise<T> {
  const interrupt = (signal: NodeJS.Signals) => {
    stop();
    console.error(`fairlead: interrupted${kept()}`);
    process.exit(signal === 'SIGINT' ? exit.interrupted : exit.terminated);
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
