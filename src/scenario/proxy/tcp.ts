/** Listeners whose connections go to a balancer as they are. */
import { handsOn } from '../../config/tcp.ts';
import { suggestion } from '../../problems/suggest.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import type { ProxyBalancer } from './balancers.ts';

const expectation = 'workers with tcp: urls, such as tcp://10.0.0.1:5432';

/** The name of the balancer of the listener at `path`; `written`: as it says. */
export function tcpBalancer(
  written: string | undefined,
  path: Path,
  balancers: readonly ProxyBalancer[],
  context: Context,
): string {
  const names = balancers.filter(isHandingOn).map(({ conf }) => conf.name);
  if (written === undefined) {
    if (names.length === 1) return names[0]!;
    const message =
      names.length === 0
        ? `${pathText(path)} has no balancer to go to; expected one of ${expectation}.`
        : `${pathText(path)} names no balancer and there are several; expected balancer: with one of ${names.join(', ')}.`;
    if (balancers.every(({ conf }) => conf.workers.length > 0)) {
      context.report('MISSING', path, message);
    }
    return '';
  }
  const at = [...path, 'balancer'];
  const found = balancers.find(({ conf }) => conf.name === written.toLowerCase());
  if (found === undefined) {
    const message = `${pathText(at)} is "${written}", which is no balancer of the file; ${suggestion(written, names)}`;
    context.report('REFERENCE', at, message);
  } else if (!isHandingOn(found) && found.conf.workers.length > 0) {
    const message = `${pathText(at)} is "${written}", whose workers speak HTTP (${found.conf.workers[0]!.name}); expected a balancer of ${expectation}, or http: instead of tcp:.`;
    context.report('VALUE', at, message);
  }
  return written.toLowerCase();
}

export function isHandingOn({ conf }: ProxyBalancer): boolean {
  return handsOn(conf.workers);
}
