/** Progress on stderr: a bar on a terminal, a line now and then elsewhere. */
import cliProgress from 'cli-progress';

/** Between lines where there is no terminal. */
const LINE_EVERY_MS = 5000;

export interface Progress {
  update(done: number, total: number): void;
  /** Shown beside the numbers from now on. */
  remark(text: string): void;
  /** A line of its own that stays. */
  note(text: string): void;
  /** May be called more than once. */
  stop(): void;
}

/** `unit`: what is counted. */
export function progress(title: string, quiet: boolean, unit = 'replications'): Progress {
  if (quiet) return { update() {}, remark() {}, note() {}, stop() {} };
  return process.stderr.isTTY ? bar(title, unit) : lines(title, unit);
}

function bar(title: string, unit: string): Progress {
  const shown = new cliProgress.SingleBar({
    format: `${title}  {bar} {value}/{total} ${unit}{eta_formatted}{remark}`,
    barsize: barSize(`${title} ${unit}`.length),
    formatTime: timeLeft,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  let [done, total] = [0, 0];
  let remark = '';
  const draw = () => {
    if (shown.isActive) shown.setTotal(total);
    else shown.start(total, done, { remark });
    shown.update(done, { remark });
  };
  return {
    update(doneNow, totalNow) {
      [done, total] = [doneNow, totalNow];
      draw();
    },
    remark(text) {
      remark = `; ${text}`;
    },
    note(text) {
      shown.stop();
      console.error(text);
      draw();
    },
    stop: () => shown.stop(),
  };
}

/** The bar gives way to the words on a narrow terminal, which would cut them off. */
function barSize(words: number): number {
  const numbersAndTime = 36;
  return Math.max(5, Math.min(40, (process.stderr.columns ?? 100) - words - numbersAndTime));
}

/** Nothing as long as nobody can tell: cli-progress has 0 at the begin and "INF" behind it. */
function timeLeft(seconds: number): string {
  return seconds > 0 && Number.isFinite(seconds) ? `, about ${Math.ceil(seconds)} s left` : '';
}

function lines(title: string, unit: string): Progress {
  const beganMs = Date.now();
  let lastMs = 0;
  let remark = '';
  return {
    update(done, total) {
      const nowMs = Date.now();
      if (nowMs - lastMs < LINE_EVERY_MS && done < total) return;
      lastMs = nowMs;
      const leftSeconds = Math.ceil(((nowMs - beganMs) / 1000 / done) * (total - done));
      const left = done === 0 ? '' : `, about ${leftSeconds} s left`;
      console.error(`${title}: ${done}/${total} ${unit}${left}${remark}`);
    },
    remark(text) {
      remark = `; ${text}`;
    },
    note: (text) => console.error(`${title}: ${text}`),
    stop() {},
  };
}
