/**
 * Both directions of an upgraded connection (spec: httpd 10.5), or of one that goes to a worker as it is. Each side may end
 * for itself. The tunnel ends when one side is closed and the other has got everything, when one breaks, or when nothing
 * has come from either for `idleNs`.
 */
import type { Duplex } from 'node:stream';
import { nowNs, TIMER_MS_MAX } from './clock.ts';

/** Who looks at a tunnel. */
export interface TunnelWatch {
  /** So many bytes go to the worker, or to the client. */
  fromClient(bytes: number): void;
  fromWorker(bytes: number): void;
  /** It ends before both sides have said all; they are closed behind this. */
  broken(): void;
}

/** Joins `client` and `worker`; `fromClient` and `fromWorker` are bytes that came already. */
export function tunnel(
  client: Duplex,
  fromClient: Buffer,
  worker: Duplex,
  fromWorker: Buffer,
  idleNs: number,
  watch: TunnelWatch | null = null,
): void {
  let lastNs = nowNs();
  let timer = setTimeout(check, Math.min(idleNs / 1e6, TIMER_MS_MAX));
  const touch = () => {
    lastNs = nowNs();
  };
  const end = () => {
    clearTimeout(timer);
    client.destroy();
    worker.destroy();
  };
  const cut = () => {
    watch?.broken();
    end();
  };
  function check(): void {
    const leftNs = lastNs + idleNs - nowNs();
    if (leftNs <= 0) cut();
    else timer = setTimeout(check, Math.min(Math.ceil(leftNs / 1e6), TIMER_MS_MAX));
  }
  if (fromClient.length > 0) worker.write(fromClient);
  if (fromWorker.length > 0) client.write(fromWorker);
  const moved = (tell: ((bytes: number) => void) | undefined) => (bytes: number) => {
    touch();
    tell?.(bytes);
  };
  join(client, worker, moved(watch?.fromClient.bind(watch)), touch, end, cut);
  join(worker, client, moved(watch?.fromWorker.bind(watch)), touch, end, cut);
}

function join(
  from: Duplex,
  to: Duplex,
  moved: (bytes: number) => void,
  touch: () => void,
  end: () => void,
  cut: () => void,
): void {
  from.on('data', (chunk: Buffer) => {
    moved(chunk.length);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => {
    touch();
    from.resume();
  });
  // Who ends without a word has done so as soon as anybody looks, before there is a tunnel.
  if (from.readableEnded) to.end();
  else from.on('end', () => to.end());
  from.on('error', cut);
  from.on('close', () => {
    if (!from.readableEnded) cut();
    else if (to.destroyed || to.writableFinished) end();
    else to.once('finish', end);
  });
  from.resume();
}
