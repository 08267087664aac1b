/** Whether a balancer decides once a request, or once a connection that goes on as it is; and what that rules out. */
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import type { RawBalancer as RawSchemaBalancer } from './schema-balancer.ts';
import type { Loose } from './shape.ts';

type RawBalancer = Loose<RawSchemaBalancer>;

/** As `mode` says, else as the URLs of its workers say. */
export function modeOf(raw: RawBalancer | undefined): 'http' | 'tcp' {
  if (raw?.mode !== undefined) return raw.mode;
  return raw?.workers?.some((worker) => isTcp(worker?.url)) ? 'tcp' : 'http';
}

function isTcp(url = ''): boolean {
  return /^(?:unix:[^|]*\|)?tcp:/i.test(url);
}

/** What looks into what a client says. */
const ofRequests = ['stickysession', 'setcookie', 'failonstatus'] as const;
const ofWorkersRequests = ['ping', 'upgrade'] as const;

/** Who hands on connections sees neither cookies nor status codes, and cannot do so for some workers alone. */
export function checkMode(raw: RawBalancer | undefined, root: Path, context: Context): void {
  if (raw === undefined) return;
  refuseMixture(raw, root, context);
  if (modeOf(raw) !== 'tcp') return;
  const why = raw.mode === undefined ? 'tcp: urls' : 'mode: tcp';
  const refuse = (at: Path) => {
    const message = `${pathText(at)} does not go with ${why}, as nobody looks into connections then; remove it.`;
    context.report('VALUE', at, message, 'key');
  };
  for (const key of ofRequests) if (key in raw) refuse([...root, key]);
  for (const [i, worker = {}] of (raw.workers ?? []).entries()) {
    for (const key of ofWorkersRequests) if (key in worker) refuse([...root, 'workers', i, key]);
  }
}

function refuseMixture(raw: RawBalancer, root: Path, context: Context): void {
  const urls = (raw.workers ?? []).map((worker) => worker?.url);
  const first = urls.find((url) => url !== undefined);
  for (const [i, url] of urls.entries()) {
    if (url === undefined || isTcp(url) === isTcp(first)) continue;
    const at = [...root, 'workers', i, 'url'];
    const message = `${pathText(at)} is "${url}" beside ${first}; expected tcp: for all workers of a balancer, which gets connections then, or for none.`;
    context.report('VALUE', at, message);
  }
  if (raw.mode === 'http' && urls.some(isTcp)) {
    const at = [...root, 'mode'];
    const message = `${pathText(at)} is http, and there are workers with tcp: urls; expected mode: tcp, or none.`;
    context.report('VALUE', at, message);
  }
}
