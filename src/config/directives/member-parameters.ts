/** Parameters of BalancerMember, and of ProxyPass and ProxySet for a worker that stands alone. */
import { applyStatus, statusLetters } from '../../core/index.ts';
import { atof, isDecimal, isInteger, timeMs } from '../c-numbers.ts';
import type { Parameter } from '../parameters.ts';
import { proxyProtocolVersions } from '../proxy-protocol.ts';
import type { WorkerDraft } from './drafts.ts';
import { healthParameters } from './health-parameters.ts';
import { flag, integer, text, time } from './values.ts';

type Member = Parameter<WorkerDraft>;

const ignore = (): void => {};

const loadfactor: Member = (draft, value) => {
  const factor = atof(value);
  const hundredths = Math.trunc(factor * 100);
  if (!(hundredths >= 100 && hundredths <= 10_000)) {
    return { refused: `must be 1 to 100.${isDecimal(value) ? '' : ` It is read as ${factor}.`}` };
  }
  draft.loadfactor = Math.min(factor, 100);
  return isDecimal(value) ? null : { readAs: String(factor) };
};

const status: Member = (draft, value) => {
  const letters =
    'expected letters of D S E C U I H R N O G F, each perhaps with + or - before it.';
  if (/[+-]{2}|[+-]$/.test(value)) return { refused: `has a sign without a letter; ${letters}` };
  const bits = applyStatus(applyStatus(0, draft.status) ?? 0, value);
  if (bits === null) return { refused: `has a letter that is no status; ${letters}` };
  draft.status = statusLetters(bits);
  return null;
};

const addressttl: Member = (draft, value) => {
  if (value === '-1') {
    draft.addressttlSeconds = -1;
    return null;
  }
  const ms = timeMs(value, 's');
  if (ms === null || ms % 1000 !== 0) return { refused: 'must be -1 or a number of seconds.' };
  draft.addressttlSeconds = ms / 1000;
  return isInteger(value) || /^\d+(s|mi|min|h|ms)$/.test(value)
    ? null
    : { readAs: `${ms / 1000} seconds` };
};

const upgrade: Member = (draft, value) => {
  if (value.length > 15) return { refused: `has ${value.length} characters; expected at most 15.` };
  draft.upgrade = value.toLowerCase() === 'any' ? 'ANY' : value;
  return null;
};

/** Our own; httpd has no such parameter. Spelled as RemoteIPProxyProtocol, its counterpart at the worker. */
const proxyprotocol: Member = (draft, value) => {
  const version = proxyProtocolVersions.find((one) => one === value.toLowerCase());
  if (version !== undefined) draft.proxyProtocol = version;
  else if (value.toLowerCase() === 'off') delete draft.proxyProtocol;
  else return { refused: `must be ${proxyProtocolVersions.join(', ')} or Off.` };
  return null;
};

/** Kept by httpd for other protocols; without effect on http. */
const flushpackets: Member = (_, value) =>
  ['on', 'off', 'auto'].includes(value.toLowerCase())
    ? null
    : { refused: 'must be on, off or auto.' };

export const memberParameters: Readonly<Record<string, Member>> = {
  loadfactor,
  lbset: integer({ min: 0, max: 99 }, (draft, value) => {
    draft.lbset = value;
  }),
  route: text(64, (draft, value) => {
    draft.route = value;
  }),
  redirect: text(64, (draft, value) => {
    draft.redirect = value;
  }),
  status,
  retry: integer({ min: 0, unit: 'seconds' }, (draft, value) => {
    draft.retrySeconds = value;
  }),
  min: integer({ min: 0 }, (draft, value) => {
    draft.min = value;
  }),
  max: integer({ min: 0 }, (draft, value) => {
    draft.max = value;
  }),
  smax: integer({ min: 0 }, (draft, value) => {
    draft.smax = value;
  }),
  ttl: integer({ min: 1, unit: 'seconds' }, (draft, value) => {
    draft.ttlSeconds = value;
  }),
  acquire: time('ms', (draft, ns) => {
    draft.acquireNs = ns;
  }),
  timeout: integer({ min: 1, unit: 'seconds' }, (draft, value) => {
    draft.timeoutSeconds = value;
  }),
  connectiontimeout: time('s', (draft, ns) => {
    draft.connectiontimeoutNs = ns;
  }),
  ping: time('s', (draft, ns) => {
    draft.pingNs = ns;
  }),
  keepalive: flag((draft, on) => {
    draft.keepalive = on;
  }),
  disablereuse: flag((draft, on) => {
    draft.disablereuse = on;
  }),
  enablereuse: flag((draft, on) => {
    draft.disablereuse = !on;
  }),
  addressttl,
  iobuffersize: integer({ min: 512, or: 0, unit: 'bytes', wide: true }, ignore),
  receivebuffersize: integer({ min: 512, or: 0, unit: 'bytes' }, ignore),
  responsefieldsize: integer({ min: 0, unit: 'bytes', wide: true }, (draft, value) => {
    draft.responsefieldsize = value === 0 ? 8192 : value;
  }),
  flushpackets,
  flushwait: integer({ min: 0, max: 1000, unit: 'milliseconds' }, ignore),
  flusher: text(16, ignore),
  upgrade,
  proxyprotocol,
  secret: text(64, ignore),
  ...healthParameters,
};
