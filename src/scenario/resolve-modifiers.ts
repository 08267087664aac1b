import type { ModifiersConfig } from '../core/index.ts';
import type { Context } from './context.ts';
import { type Path, pathText } from './document.ts';
import type { RawModifiers } from './schema-modifiers.ts';
import type { Loose } from './shape.ts';
import { durationNs, shareOf } from './units.ts';
import { isOn } from './values.ts';

type Raw = Loose<RawModifiers>;
type Of<K extends keyof ModifiersConfig> = NonNullable<ModifiersConfig[K]>;

/** What is laid over the lbmethod, with the defaults of HAProxy, Envoy and gRPC; undefined for nothing. */
export function resolveModifiers(
  raw: Raw | undefined,
  path: Path,
  context: Context,
): ModifiersConfig | undefined {
  const { slowstart, outlier, panic, retrybudget } = raw ?? {};
  const found: ModifiersConfig = {
    ...(slowstart !== undefined && { slowstart: slowStartOf(slowstart) }),
    ...(outlier !== undefined && { outlier: outlierOf(outlier, [...path, 'outlier'], context) }),
    ...(panic !== undefined && { panic: shareOf(panic) }),
    ...(retrybudget !== undefined && {
      retrybudget: budgetOf(retrybudget, [...path, 'retrybudget'], context),
    }),
  };
  return Object.keys(found).length === 0 ? undefined : found;
}

function slowStartOf(raw: NonNullable<Raw['slowstart']>): Of<'slowstart'> {
  if (typeof raw === 'string') {
    const windowNs = durationNs(raw);
    const stepNs = Math.max(1e9, Math.ceil(windowNs / 20));
    return { windowNs, aggression: 1, min: 0.01, stepNs };
  }
  const windowNs = durationNs(raw.window ?? '1s');
  return {
    windowNs,
    aggression: raw.aggression ?? 1,
    min: shareOf(raw.min ?? 0.1),
    stepNs: Math.ceil(windowNs / 100),
  };
}

function outlierOf(raw: NonNullable<Raw['outlier']>, path: Path, context: Context): Of<'outlier'> {
  const baseEjectionNs = durationNs(raw.baseEjection ?? '30s');
  const maxEjectionNs =
    raw.maxEjection === undefined ? Math.max(300e9, baseEjectionNs) : durationNs(raw.maxEjection);
  if (maxEjectionNs < baseEjectionNs) {
    const at = [...path, 'maxEjection'];
    const message = `${pathText(at)} is "${raw.maxEjection}", less than the first ejection of ${raw.baseEjection ?? '30s'}; expected at least that.`;
    context.report('VALUE', at, message);
  }
  return {
    consecutive5xx: raw.consecutive5xx ?? 5,
    intervalNs: durationNs(raw.interval ?? '10s'),
    baseEjectionNs,
    maxEjectionNs,
    maxEjected: shareOf(raw.maxEjected ?? 0.1),
    successRate: successRateOf(raw.successRate ?? true),
    failurePercentage: failurePercentageOf(raw.failurePercentage ?? false),
  };
}

function successRateOf(
  raw: NonNullable<NonNullable<Raw['outlier']>['successRate']>,
): Of<'outlier'>['successRate'] {
  if (typeof raw !== 'object') return isOn(raw, true) ? successRateOf({}) : null;
  return { stdevs: raw.stdevs ?? 1.9, hosts: raw.hosts ?? 5, requests: raw.requests ?? 100 };
}

function failurePercentageOf(
  raw: NonNullable<NonNullable<Raw['outlier']>['failurePercentage']>,
): Of<'outlier'>['failurePercentage'] {
  if (typeof raw !== 'object') return isOn(raw, false) ? failurePercentageOf({}) : null;
  const threshold = shareOf(raw.threshold ?? 0.85);
  return { threshold, hosts: raw.hosts ?? 5, requests: raw.requests ?? 50 };
}

function budgetOf(
  raw: NonNullable<Raw['retrybudget']>,
  path: Path,
  context: Context,
): Of<'retrybudget'> {
  const byTokens = 'tokens' in raw || 'perSuccess' in raw;
  const byShare = 'ratio' in raw || 'min' in raw;
  if (byTokens && byShare) {
    const at = [...path, 'tokens' in raw ? 'tokens' : 'perSuccess'];
    const message = `${pathText(at)} does not go with ratio and min; expected { ratio: 20%, min: 3 } or { tokens: 10, perSuccess: 0.1 }.`;
    context.report('VALUE', at, message, 'key');
  }
  if (byTokens) {
    return { kind: 'tokens', tokens: raw.tokens ?? 10, perSuccess: raw.perSuccess ?? 0.1 };
  }
  return { kind: 'share', ratio: shareOf(raw.ratio ?? 0.2), min: raw.min ?? 3 };
}
