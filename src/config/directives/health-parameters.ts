/** Health-check parameters (spec: httpd 6.1), for a member and for ProxyHCTemplate. */
import { timeMs } from '../c-numbers.ts';
import { healthMethod, healthMethods, noChecks } from '../health-methods.ts';
import type { Parameter } from '../parameters.ts';
import type { WorkerDraft } from './drafts.ts';
import { flag, integer, text } from './values.ts';

export type HealthDraft = NonNullable<WorkerDraft['health']>;

type Carrier = Pick<WorkerDraft, 'health'>;

/** The member's own checks, made when the first parameter needs them. */
function checks(draft: Carrier): HealthDraft {
  draft.health ??= { ...noChecks };
  return draft.health;
}

const hcmethod: Parameter<Carrier> = (draft, value) => {
  const method = healthMethod(value);
  if (method === undefined) {
    return { refused: `is no method of health checks; expected ${healthMethods.join(', ')}.` };
  }
  checks(draft).method = method;
  return null;
};

const hcinterval: Parameter<Carrier> = (draft, value) => {
  const ms = timeMs(value, 's');
  if (ms === null) {
    return { refused: 'is no time; expected a whole number and perhaps a unit: ms, s, mi or h.' };
  }
  if (ms < 100) return { refused: 'must be at least 100 ms.' };
  checks(draft).intervalNs = ms * 1_000_000;
  return /^\+?\d+(ms|mi|min|s|h)?$/.test(value) ? null : { readAs: `${ms} ms` };
};

const hcexpr: Parameter<Carrier> = (draft, value, known) => {
  if (Buffer.from(value).length > 15) return { refused: 'must have at most 15 characters.' };
  if (!known.healthExpression(value)) {
    return {
      refused:
        'names no expression; define it with ProxyHCExpr before this line, in the same server.',
    };
  }
  checks(draft).expr = value;
  return null;
};

const hctemplate: Parameter<Carrier> = (draft, value, known) => {
  const template = known.healthTemplate(value);
  if (!template) {
    return {
      refused:
        'names no template; define it with ProxyHCTemplate before this line, in the same server.',
    };
  }
  draft.health = { ...template };
  return null;
};

export const healthParameters: Readonly<Record<string, Parameter<Carrier>>> = {
  hcmethod,
  hcinterval,
  hcpasses: integer({ min: 0 }, (draft, value) => {
    checks(draft).passes = value;
  }),
  hcfails: integer({ min: 0 }, (draft, value) => {
    checks(draft).fails = value;
  }),
  hcconsecutive: flag((draft, on) => {
    checks(draft).consecutive = on;
  }),
  hcuri: text(64, (draft, value) => {
    checks(draft).uri = value;
  }),
  hcexpr,
  hctemplate,
};
