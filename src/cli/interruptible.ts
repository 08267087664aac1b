/** Ctrl-C while something long runs. */
import { exit } from './exit.ts';

/** Does `work`. On SIGINT meanwhile the process stops what is shown, says so (and what was `kept`), and ends with 130. */
export async function interruptible<T>(
  work: () => Promise<T>,
  stop: () => void = () => {},
  kept: () => string = () => '',
): Promise<T> {
  const interrupt = () => {
    stop();
    console.error(`fairlead: interrupted${kept()}`);
    process.exit(exit.interrupted);
  };
  process.once('SIGINT', interrupt);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupt);
  }
}
