/** Parameters of a balancer: on the `<Proxy>` line, with ProxySet, or with ProxyPass. */
import { atoi } from '../c-numbers.ts';
import type { Parameter } from '../parameters.ts';
import type { BalancerDraft } from './drafts.ts';
import { flag, integer } from './values.ts';

type Balancer = Parameter<BalancerDraft>;

/** Characters of names that httpd keeps in its shared memory. */
const kept = 63;

const stickysession: Balancer = (draft, value) => {
  const whole = cut(value);
  const bar = whole.indexOf('|');
  const cookie = bar < 0 ? whole : whole.slice(0, bar);
  const path = bar < 0 ? whole : whole.slice(bar + 1);
  draft.stickyCookie = cookie;
  draft.stickyPath = path;
  return whole === value ? null : { readAs: `${whole} (httpd keeps ${kept} characters)` };
};

function cut(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= kept ? text : bytes.subarray(0, kept).toString();
}

const stickysessionsep: Balancer = (draft, value) => {
  const off = value.toLowerCase() === 'off';
  if (!off && Buffer.from(value).length !== 1) return { refused: 'must be one character, or Off.' };
  draft.separator = off ? '' : value;
  return null;
};

const lbmethod: Balancer = (draft, value, known) => {
  const refused = known.lbmethod(value);
  if (refused !== null) return { refused };
  draft.lbmethod = { name: value, file: null };
  return null;
};

const failonstatus: Balancer = (draft, value) => {
  const codes: number[] = [];
  const texts = value.split(/[, ]+/).filter((code) => code !== '');
  for (const code of texts) {
    const status = atoi(code);
    if (status < 100 || status > 599) {
      return { refused: 'must be HTTP status codes, 100 to 599, with commas between them.' };
    }
    codes.push(status);
  }
  draft.failonstatus = codes;
  return texts.some((code) => !/^\d+$/.test(code)) ? { readAs: codes.join(',') } : null;
};

const nonce: Balancer = (draft, value) => {
  if (value.toLowerCase() === 'none') {
    draft.nonce = 'None';
    return null;
  }
  const { length } = Buffer.from(value);
  if (length > 36) return { refused: `has ${length} characters; expected at most 36.` };
  draft.nonce = value;
  return null;
};

export const balancerParameters: Readonly<Record<string, Balancer>> = {
  stickysession,
  stickysessionsep,
  scolonpathdelim: flag((draft, on) => {
    draft.scolonpathdelim = on;
  }),
  nofailover: flag((draft, on) => {
    draft.nofailover = on;
  }),
  lbmethod,
  timeout: integer({ min: 1, unit: 'seconds' }, (draft, value) => {
    draft.timeoutSeconds = value;
  }),
  maxattempts: integer({ min: 0 }, (draft, value) => {
    draft.maxattempts = value;
  }),
  failonstatus,
  failontimeout: flag((draft, on) => {
    draft.failontimeout = on;
  }),
  forcerecovery: flag((draft, on) => {
    draft.forcerecovery = on;
  }),
  growth: integer({ min: 1, max: 100 }, (draft, value) => {
    draft.growth = value;
  }),
  nonce,
};
