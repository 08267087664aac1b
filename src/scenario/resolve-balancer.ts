import { stickyNames } from '../core/stickysession.ts';
import { suggestion } from '../problems/suggest.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import { formatLbMethods } from './not-supported.ts';
import { readReferred } from './resolve-distribution.ts';
import type { BackendSpec, BalancerSpec, LbMethodRef, StickySpec, WorkerSpec } from './scenario.ts';
import type { RawScenario } from './schema.ts';
import type { Loose } from './shape.ts';
import { statusLetters } from './status-letters.ts';
import { durationNs } from './units.ts';

type RawBalancer = Loose<RawScenario['balancer']>;
type RawWorker = Loose<RawScenario['balancer']['workers'][number]>;

/** httpd's `Timeout`, which a worker without its own waits for. */
const HTTPD_TIMEOUT = '60s';

/** The balancer and its workers, with httpd's defaults (spec: httpd 9.3). */
export function resolveBalancer(
  raw: RawBalancer | undefined,
  backends: readonly BackendSpec[],
  context: Context,
): BalancerSpec {
  const path = ['balancer'];
  const workers = (raw?.workers ?? []).map((worker, i) =>
    resolveWorker(worker ?? {}, [...path, 'workers', i], backends, context),
  );
  refuseDuplicates(workers, [...path, 'workers'], context);
  return {
    lbmethod: resolveLbMethod(raw?.lbmethod ?? 'byrequests', [...path, 'lbmethod'], context),
    sticky: resolveSticky(raw),
    nofailover: isOn(raw?.nofailover, false),
    timeoutSeconds: raw?.timeout === undefined ? 0 : wholeSecondsOf(raw.timeout),
    maxattempts: raw?.maxattempts ?? null,
    failonstatus: statusCodes(raw?.failonstatus),
    failontimeout: isOn(raw?.failontimeout, false),
    forcerecovery: isOn(raw?.forcerecovery, true),
    workers,
  };
}

/** Names within a list must differ. */
export function refuseDuplicates(
  items: readonly { readonly name: string }[],
  path: Path,
  context: Context,
): void {
  const seen = new Set<string>();
  items.forEach(({ name }, i) => {
    // An empty name is one that could not be read.
    if (name !== '' && seen.has(name)) {
      const at = [...path, i, 'name'];
      const message = `${pathText(at)} is "${name}" like an earlier one; expected a name of its own.`;
      context.report('DUPLICATE', at, message);
    }
    seen.add(name);
  });
}

function resolveWorker(
  raw: RawWorker,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): WorkerSpec {
  return {
    name: raw.name ?? '',
    backend: resolveBackend(raw, path, backends, context),
    loadfactor: raw.loadfactor ?? 1,
    lbset: raw.lbset ?? 0,
    route: raw.route ?? '',
    redirect: raw.redirect ?? '',
    status: statusLetters(raw.status ?? ''),
    retrySeconds: wholeSecondsOf(raw.retry ?? '60s'),
    max: raw.max ?? 0,
    acquireNs: raw.acquire === undefined ? null : durationNs(raw.acquire),
    timeoutNs: durationNs(raw.timeout ?? HTTPD_TIMEOUT),
    disablereuse: isOn(raw.disablereuse, false),
  };
}

/** The backend named; else the one with the worker's name; else the only one. */
function resolveBackend(
  raw: RawWorker,
  path: Path,
  backends: readonly BackendSpec[],
  context: Context,
): number {
  const names = backends.map(({ name }) => name);
  const index = names.indexOf(raw.backend ?? raw.name ?? '');
  if (index >= 0 || names.length === 0) return index;
  if (raw.backend !== undefined) {
    const at = [...path, 'backend'];
    const message = `${pathText(at)} is "${raw.backend}", which backends does not define; ${suggestion(raw.backend, names)}`;
    context.report('REFERENCE', at, message);
  } else if (names.length === 1) {
    return 0;
  } else {
    const message = `${pathText(path)} names no backend and there are several; expected backend: with one of ${names.join(', ')}.`;
    context.report('REFERENCE', path, message);
  }
  return -1;
}

/** A name of the registry, or the path of an existing file: anything with a slash or ending in .js or .mjs. */
export function resolveLbMethod(name: string, path: Path, context: Context): LbMethodRef {
  if (name.includes('/') || /\.m?js$/.test(name)) {
    readReferred(name, path, context); // it must be there, and its text is part of the digest
    return { name, file: context.files.absolute(name) };
  }
  if (!context.lbmethods.includes(name)) {
    if (formatLbMethods.includes(name)) {
      const message = `${pathText(path)}: lbmethod ${name} is not supported yet; expected one of ${context.lbmethods.join(', ')}.`;
      context.report('NOT_SUPPORTED', path, message);
    } else {
      const message = `${pathText(path)} is "${name}", which is no lbmethod; ${suggestion(name, context.lbmethods)}`;
      context.report('REFERENCE', path, message);
    }
  }
  return { name, file: null };
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

function statusCodes(raw: Loose<RawScenario['balancer']['failonstatus']>): readonly number[] {
  if (raw === undefined) return [];
  if (typeof raw === 'number') return [raw];
  if (typeof raw === 'string')
    return raw
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
  return raw.filter((code) => code !== undefined);
}

export function isOn(raw: string | boolean | undefined, missing: boolean): boolean {
  if (raw === undefined) return missing;
  return typeof raw === 'boolean' ? raw : raw.toLowerCase() === 'on';
}

export function wholeSecondsOf(text: string): number {
  return durationNs(text) / 1e9;
}
