/** What goes into answers beside the body: a worker's headers as the rules pass them on, or the proxy's own. */
import type { HeaderEdit } from '../config/config.ts';
import { NONE, type RequestRoute } from '../core/index.ts';
import type { ResponseHead } from './backend/backend.ts';
import { dateNow } from './date.ts';
import { AnswerLines } from './head-lines.ts';
import { type Asked, authorityOf, type Passage, PRODUCT } from './passage.ts';
import { wireText } from './rules/bytes.ts';
import { Derived } from './rules/derived.ts';
import {
  interimHeaders,
  ownHeaders,
  type ResponseHeadOptions,
  responseHeaders,
} from './rules/response-head.ts';
import { addsVia } from './rules/via.ts';

/** Which worker served, for `Header` lines (spec: httpd 4.5). */
export interface Served {
  readonly worker: number;
  readonly routeChanged: boolean;
  readonly route: RequestRoute | null;
}

export function answerHeaders(passage: Passage, head: ResponseHead, served: Served): string[] {
  const { settings, values } = passage;
  if (
    settings.headers.length > 0 &&
    (served.routeChanged || !onlyForChanges.of(settings.headers))
  ) {
    values.env = balancerEnvironment(passage, served);
  }
  return responseHeaders(options(passage, head.status, head.rawHeaders));
}

/** What an answer says beside its body. */
export interface Answer {
  readonly fields: readonly string[];
  /** Where its lines are kept, if these fields are said again. */
  readonly lines: AnswerLines | null;
}

/** As `answerHeaders`; for a head that comes again it is the same object as long as nothing else is different. */
export function answerTo(passage: Passage, head: ResponseHead, served: Served): Answer {
  const { said } = head;
  if (said === null || !isUsual(passage, served)) {
    return { fields: answerHeaders(passage, head, served), lines: null };
  }
  const { settings, server } = passage;
  const date = dateNow();
  const { told } = said;
  if (told?.settings === settings && told.server === server && told.date === date) return told;
  const fields = answerHeaders(passage, head, served);
  said.told = { settings, server, date, fields, lines: new AnswerLines() };
  return said.told;
}

/** Nothing makes a difference but the worker's fields, the settings and the time. */
function isUsual({ settings, server, values }: Passage, { routeChanged }: Served): boolean {
  const { headers } = settings;
  const edited = headers.length > 0 && (routeChanged || !onlyForChanges.of(headers));
  return !edited && values.env.size === 0 && !addsVia(server);
}

export function interim(passage: Passage, head: ResponseHead): string[] {
  return interimHeaders(options(passage, head.status, head.rawHeaders));
}

/** Headers of an answer that the proxy makes itself: `Header always`, and others unless it is an error. */
export function ownAnswerHeaders(asked: Asked, status: number): string[] {
  if (asked.settings.headers.length === 0) return [];
  return ownHeaders(options(asked, status, []));
}

/** The same once a worker was picked: the variables of the balancer are there. */
export function ownAnswerHeadersOf(passage: Passage, status: number, served: Served): string[] {
  const { settings, values } = passage;
  if (settings.headers.length > 0 && served.worker !== NONE) {
    values.env = balancerEnvironment(passage, served);
  }
  return ownAnswerHeaders(passage, status);
}

function options(asked: Asked, status: number, rawHeaders: readonly string[]): ResponseHeadOptions {
  const { config, request, server, settings, values, target } = asked;
  return {
    config,
    settings,
    values,
    requestHeaders: request.rawHeaders,
    method: request.method,
    status,
    rawHeaders,
    date: dateNow(),
    serverToken: 'fairlead',
    server,
    version: request.version,
    absolute: target.authority !== null,
    product: PRODUCT,
    secure: request.secure,
    authority: authorityOf(asked),
    localAddress: request.localAddress,
  };
}

/**
 * Whether every line waits for BALANCER_ROUTE_CHANGED, as the usual recipe does: then most answers need no variables
 * at all.
 */
const onlyForChanges = new Derived((edits: readonly HeaderEdit[]) =>
  edits.every(({ env }) => env?.name === 'BALANCER_ROUTE_CHANGED' && !env.negated),
);

function balancerEnvironment(passage: Passage, served: Served): ReadonlyMap<string, string> {
  const { group, values } = passage;
  const env = new Map(values.env);
  env.set('BALANCER_NAME', wireText(group.name));
  env.set('BALANCER_WORKER_NAME', wireText(group.members[served.worker]?.name ?? ''));
  env.set('BALANCER_WORKER_ROUTE', wireText(group.balancer.routeOf(served.worker)));
  const { route, from } = served.route ?? { route: null, from: null };
  if (route !== null && from !== null) {
    env.set('BALANCER_SESSION_STICKY', from);
    env.set('BALANCER_SESSION_ROUTE', route);
  }
  if (served.routeChanged) env.set('BALANCER_ROUTE_CHANGED', '1');
  return env;
}
