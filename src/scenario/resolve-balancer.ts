import { CHECKS_AT_ONCE } from '../core/health-schedule.ts';
import { stickyNames } from '../core/stickysession.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { balancerSpec, type HttpdBalancer, resolveHttpd } from './resolve-httpd.ts';
import { resolveLbMethod } from './resolve-lbmethod.ts';
import { checkMode, modeOf } from './resolve-mode.ts';
import { resolveModifiers } from './resolve-modifiers.ts';
import { resolveWorkers } from './resolve-workers.ts';
import type { BackendSpec, BalancerSpec, SettingSpec, StickySpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { RawBalancer as RawSchemaBalancer } from './schema-balancer.ts';
import type { Loose } from './shape.ts';
import { durationNs, shareOf } from './units.ts';
import { isOn, wholeSecondsOf } from './values.ts';

export type RawBalancer = Loose<RawSchemaBalancer>;
type Raw = Loose<Pick<RawScenario, 'balancer' | 'balancers'>>;

/** A balancer, and where it stands. */
export interface PlacedBalancer {
  readonly balancer: BalancerSpec;
  /** `balancer`, or `balancers.NAME`. */
  readonly root: Path;
  /** The balancer of an httpd.conf that it is. */
  readonly httpd: HttpdBalancer | null;
}

/** The balancer that is simulated: the only one of the file, or the one that was asked for. */
export function resolveBalancer(
  raw: Raw,
  backends: readonly BackendSpec[],
  context: Context,
): PlacedBalancer {
  const written = writtenBalancers(raw, context);
  const asked = written.filter(({ root }) => root[1] === context.balancer);
  const found = context.balancer !== undefined && asked.length > 0 ? asked : written;
  for (const { root } of found.slice(1)) {
    const message = `${pathText(root)}: more than one balancer is not supported yet by the simulator; leave one in the file.`;
    context.report('NOT_SUPPORTED', root, message, 'key');
  }
  const { root, raw: own } = found[0] ?? { root: ['balancer'], raw: undefined };
  if (own !== undefined && 'httpd' in own) {
    const { httpd, workers } = resolveHttpd(own, root, backends, context);
    const settings = httpd === null ? resolveSettings({}, root, context) : balancerSpec(httpd.conf);
    const modifiers = modifiersOf(own, root, context);
    const setting = settingOf(own, httpd?.config.healthChecksAtOnce);
    return { balancer: { ...settings, ...modifiers, ...setting, workers }, root, httpd };
  }
  const workers = resolveWorkers(own, [...root, 'workers'], backends, context);
  const settings = resolveSettings(own, root, context);
  checkMode(own, root, context);
  return {
    balancer: { ...settings, ...settingOf(own, own?.hctpsize), workers },
    root,
    httpd: null,
  };
}

/** What the balancer is part of. */
function settingOf(
  raw: RawBalancer | undefined,
  checksAtOnce: number = CHECKS_AT_ONCE,
): SettingSpec {
  const { interval = '1s', publish = '5s', loss = 0 } = raw?.heartbeat ?? {};
  return {
    proxies: raw?.proxies ?? 1,
    mode: modeOf(raw),
    heartbeat: {
      intervalNs: durationNs(interval),
      publishNs: durationNs(publish),
      loss: shareOf(loss),
    },
    checksAtOnce,
  };
}

/** `balancer`, or each of `balancers`; with a problem reported when there is none, or both are there. */
export function writtenBalancers(
  raw: Raw,
  context: Context,
): readonly { readonly root: Path; readonly raw: RawBalancer | undefined }[] {
  const isOne = 'balancer' in raw;
  const isList = 'balancers' in raw;
  if (isOne && isList) {
    const message = 'balancers does not go with balancer; expected one of the two.';
    context.report('VALUE', ['balancers'], message, 'key');
  }
  if (isOne) return [{ root: ['balancer'], raw: raw.balancer }];
  if (!isList) {
    const message = 'balancer is missing; expected a balancer: a map with lbmethod and workers.';
    context.report('MISSING', ['balancer'], message);
    return [];
  }
  const entries = Object.entries(raw.balancers ?? {});
  if (entries.length === 0) {
    const message =
      'balancers is empty; expected at least one, such as mycluster: { workers: [ … ] }.';
    context.report('VALUE', ['balancers'], message);
  }
  return entries.map(([name, one]) => ({ root: ['balancers', name], raw: one }));
}

/** Everything but the workers, with httpd's defaults (spec: httpd 9.3). */
export function resolveSettings(
  raw: RawBalancer | undefined,
  path: Path,
  context: Context,
): Omit<BalancerSpec, 'workers' | keyof SettingSpec> {
  return {
    lbmethod: resolveLbMethod(raw?.lbmethod ?? 'byrequests', [...path, 'lbmethod'], context),
    sticky: resolveSticky(raw),
    nofailover: isOn(raw?.nofailover, false),
    timeoutSeconds: raw?.timeout === undefined ? 0 : wholeSecondsOf(raw.timeout),
    maxattempts: raw?.maxattempts ?? null,
    failonstatus: statusCodes(raw?.failonstatus),
    failontimeout: isOn(raw?.failontimeout, false),
    forcerecovery: isOn(raw?.forcerecovery, true),
    ...modifiersOf(raw, path, context),
  };
}

function modifiersOf(
  raw: RawBalancer | undefined,
  path: Path,
  context: Context,
): Pick<BalancerSpec, 'modifiers'> {
  const modifiers = resolveModifiers(raw?.modifiers, [...path, 'modifiers'], context);
  return modifiers === undefined ? {} : { modifiers };
}

function resolveSticky(raw: RawBalancer | undefined): StickySpec | null {
  if (raw?.stickysession === undefined) return null;
  const separator = raw.stickysessionsep ?? '.';
  const off = separator === false || separator.length > 1;
  return {
    ...stickyNames(raw.stickysession),
    separator: off ? '' : separator,
    scolonpathdelim: isOn(raw.scolonpathdelim, false),
  };
}

function statusCodes(raw: RawBalancer['failonstatus']): readonly number[] {
  if (raw === undefined) return [];
  if (typeof raw === 'number') return [raw];
  if (typeof raw === 'string')
    return raw
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
  return raw.filter((code) => code !== undefined);
}
