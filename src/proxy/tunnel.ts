/**
 * Both directions of an upgraded connection (spec: httpd 10.5). Each side may end for itself. The tunnel ends when one
 * side is closed and the other has got everything, when one breaks, or when nothing has come from either for
 * `idleNs`. Its bytes count nowhere.
 */
import type { Duplex } from 'node:stream';
import { nowNs } from './clock.ts';

/** Joins `client` and `worker`; `fromClient` and `fromWorker` are bytes that came already. */
export function tunnel(
  client: Duplex,
  fromClient: Buffer,
  worker: Duplex,
  fromWorker: Buffer,
  idleNs: number,
): void {
  let lastNs = nowNs();
  let timer = setTimeout(check, idleNs / 1e6);
  const touch = () => {
    lastNs = nowNs();
  };
  const end = () => {
    clearTimeout(timer);
    client.destroy();
    worker.destroy();
  };
  function check(): void {
    const leftNs = lastNs + idleNs - nowNs();
    if (leftNs <= 0) end();
    else timer = setTimeout(check, Math.ceil(leftNs / 1e6));
  }
  if (fromClient.length > 0) worker.write(fromClient);
  if (fromWorker.length > 0) client.write(fromWorker);
  join(client, worker, touch, end);
  join(worker, client, touch, end);
}

function join(from: Duplex, to: Duplex, touch: () => void, end: () => void): void {
  from.on('data', (chunk: Buffer) => {
    touch();
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => {
    touch();
    from.resume();
  });
  from.on('end', () => to.end());
  from.on('error', end);
  from.on('close', () => {
    if (!from.readableEnded || to.destroyed || to.writableFinished) end();
    else to.once('finish', end);
  });
  from.resume();
}
