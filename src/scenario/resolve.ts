import { basename, extname } from 'node:path';
import type { Context } from './context.ts';
import type { Path } from './document.ts';
import { resolveBackends } from './resolve-backends.ts';
import { type PlacedBalancer, resolveBalancer } from './resolve-balancer.ts';
import { resolveClients } from './resolve-clients.ts';
import { resolveEvents } from './resolve-events.ts';
import { resolveExpect } from './resolve-expect.ts';
import { resolveFaults } from './resolve-faults.ts';
import type { HttpdBalancer } from './resolve-httpd.ts';
import { resolveRun } from './resolve-run.ts';
import type { Scenario } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { durationNs } from './units.ts';

type Raw = Loose<RawScenario>;

export interface ResolvedScenario extends Omit<PlacedBalancer, 'balancer'> {
  readonly scenario: Scenario;
}

/**
 * Units to numbers, names to indices, defaults filled in, fields held against each other. Problems go to
 * `context`; when there are any, or the shape had some, what comes back has holes and must not be used.
 */
export function resolveScenario(raw: Raw, file: string, context: Context): ResolvedScenario {
  const backends = resolveBackends(raw.backends, context);
  const { balancer, root, httpd } = resolveBalancer(raw, backends, context);
  const clients = resolveClients(
    raw.clients,
    stickinessOf(raw, root, httpd),
    balancer.mode,
    context,
  );
  const run = resolveRun(raw, clients, context);
  const names = balancer.workers.map(({ name }) => name);
  const workers = { names, complete: names.length > 0 && !names.includes('') };
  const events = resolveEvents(raw.events, workers, balancer.proxies, run.durationNs, context);
  const faults = resolveFaults(raw.faults, workers, context);
  const expect = resolveExpect(raw.expect, workers, raw.slo !== undefined, context);
  const scenario = {
    name: raw.name ?? basename(file, extname(file)),
    description: raw.description ?? '',
    seed: context.document.textOf(['seed']) ?? '1',
    file,
    sha256: context.files.digest(),
    run,
    sloNs: raw.slo === undefined ? null : durationNs(raw.slo),
    balancer,
    backends,
    clients,
    events,
    faults,
    expect,
  };
  return { scenario, root, httpd };
}

/** Whether cookies and paths can lead a session back, now or after an event that switches it on. */
function stickinessOf(raw: Raw, root: Path, httpd: HttpdBalancer | null) {
  const own = root[0] === 'balancer' ? raw.balancer : raw.balancers?.[root[1] ?? ''];
  const ofHttpd = httpd?.conf.sticky
    ? `${httpd.conf.sticky.cookie}|${httpd.conf.sticky.path}`
    : undefined;
  const texts = [
    ofHttpd ?? own?.stickysession,
    ...(raw.events ?? []).map((event) => event?.manager?.stickysession),
  ].filter((text) => text !== undefined && text !== '' && text !== '-');
  return {
    cookie: texts.length > 0,
    path: texts.some((text) => !text?.endsWith('|')),
    unknown:
      own === undefined ||
      ('httpd' in own && httpd === null) ||
      ('stickysession' in own && own.stickysession === undefined),
  };
}
