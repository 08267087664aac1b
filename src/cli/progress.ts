/** Progress on stderr: a bar on a terminal, a line now and then elsewhere. */
import cliProgress from 'cli-progress';

/** Between lines where there is no terminal. */
const LINE_EVERY_MS = 5000;

export interface Progress {
  update(done: number, total: number): void;
  /** May be called more than once. */
  stop(): void;
}

export function progress(title: string, quiet: boolean): Progress {
  if (quiet) return { update() {}, stop() {} };
  return process.stderr.isTTY ? bar(title) : lines(title);
}

function bar(title: string): Progress {
  const shown = new cliProgress.SingleBar({
    format: `${title}  {bar} {value}/{total} replications, {eta_formatted} left`,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    update(done, total) {
      if (started) shown.update(done);
      else shown.start(total, done);
      started = true;
    },
    stop: () => shown.stop(),
  };
}

function lines(title: string): Progress {
  const beganMs = Date.now();
  let lastMs = 0;
  return {
    update(done, total) {
      const nowMs = Date.now();
      if (nowMs - lastMs < LINE_EVERY_MS && done < total) return;
      lastMs = nowMs;
      const leftSeconds = Math.ceil(((nowMs - beganMs) / 1000 / done) * (total - done));
      const left = done === 0 ? '' : `, about ${leftSeconds} s left`;
      console.error(`${title}: ${done}/${total} replications${left}`);
    },
    stop() {},
  };
}
