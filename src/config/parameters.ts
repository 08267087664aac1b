/**
 * `key=value` parameters of members and balancers (spec: httpd 9.3): what httpd accepts, what it refuses, and
 * what it silently reads differently from how it is written.
 */
import { suggestion } from '../problems/suggest.ts';
import { balancerParameters } from './directives/balancer-parameters.ts';
import type { BalancerDraft, WorkerDraft } from './directives/drafts.ts';
import { memberParameters } from './directives/member-parameters.ts';

/** What a parameter may ask of the configuration read so far. */
export interface Known {
  /** Whether the lbmethod exists here: built in and, where modules are loaded by name, its module among them. */
  lbmethod(name: string): string | null;
  healthTemplate(name: string): WorkerDraft['health'] | undefined;
  healthExpression(name: string): boolean;
}

/** What came of one parameter: accepted (perhaps otherwise than written), or refused. */
export type Verdict =
  | { readonly refused: string; readonly later?: boolean }
  | { readonly readAs: string }
  | null;

export type Parameter<Draft> = (draft: Draft, value: string, known: Known) => Verdict;

export function setMemberParameter(
  draft: WorkerDraft,
  key: string,
  value: string,
  known: Known,
): Verdict {
  const parameter = own(memberParameters, key.toLowerCase());
  if (parameter) return parameter(draft, value, known);
  return unknown(key, 'member', memberParameters, balancerParameters, 'balancer');
}

export function setBalancerParameter(
  draft: BalancerDraft,
  key: string,
  value: string,
  known: Known,
): Verdict {
  const parameter = own(balancerParameters, key.toLowerCase());
  if (parameter) return parameter(draft, value, known);
  return unknown(key, 'balancer', balancerParameters, memberParameters, 'member');
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function unknown(
  key: string,
  kind: string,
  table: object,
  others: object,
  otherKind: string,
): Verdict {
  if (Object.hasOwn(others, key.toLowerCase())) {
    const where =
      otherKind === 'member'
        ? 'on a BalancerMember line'
        : 'with ProxySet, on the <Proxy> line or with ProxyPass';
    return { refused: `is a parameter of a ${otherKind}, not of a ${kind}; write it ${where}.` };
  }
  return { refused: `is no parameter of a ${kind}; ${suggestion(key, Object.keys(table))}` };
}
