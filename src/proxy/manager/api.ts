/**
 * The JSON API beside the page, version 1. Under the page's own address: `api/v1/balancers` (GET), `api/v1/events` (GET, a
 * stream with one message a second) and `api/v1/change` (POST). The rules are the page's: `Require`, the nonce, and a
 * Referer or Origin of this server.
 */
import type { ClientListener } from '../front.ts';
import type { Asked } from '../passage.ts';
import type { Reloads } from '../reloads.ts';
import { ownAnswerHeaders } from '../response-headers.ts';
import { shownOf } from './tables.ts';
import type { BalancerView } from './view.ts';

/** How often the numbers are sent. */
const EVERY_MS = 1000;
/** Listeners at once; each costs a connection and a message a second. */
export const LISTENERS_MAX = 32;

/** `POST api/v1/change`: fields by httpd's names (`w_…`, `b_…`), as the forms have them. */
export interface Change {
  readonly balancer: string;
  /** URL of a member; absent: the balancer itself is changed. */
  readonly member?: string;
  readonly nonce: string;
  readonly set: Readonly<Record<string, string>>;
}

/** @throws SyntaxError when `text` is no such document. */
export function readChange(text: string): Change {
  const read: unknown = JSON.parse(text);
  const isMap = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(read) || !isMap(read['set'])) throw new SyntaxError(EXPECTED);
  const { balancer, member, nonce, set, ...more } = read;
  const texts = [balancer, nonce, member ?? '', ...Object.values(set)];
  if (texts.some((value) => typeof value !== 'string') || Object.keys(more).length > 0) {
    throw new SyntaxError(EXPECTED);
  }
  return read as unknown as Change;
}

const EXPECTED =
  'expected { "balancer": NAME, "member": URL, "nonce": NONCE, "set": { FIELD: TEXT } }, without member for the balancer itself; fields are those of the forms, such as w_status_D or b_lbm';

/** The change as a form would say it. */
export function fieldsOf({ balancer, member, nonce, set }: Change): ReadonlyMap<string, string> {
  const who = member === undefined ? {} : { w: member };
  return new Map(Object.entries({ ...set, b: balancer, ...who, nonce }));
}

/** What `api/v1/balancers` answers. `nonces`: what opens each for changes. */
export function balancersJson(
  views: readonly BalancerView[],
  nonces: readonly string[],
  { generation, since, refused, refusal }: Reloads,
): string {
  const configuration = { generation, since, refused, refusal };
  const balancers = views.map((view, i) => ({ ...view, nonce: nonces[i] ?? '' }));
  return `${JSON.stringify({ version: 1, configuration, balancers }, null, 2)}\n`;
}

/** Sends the numbers until the client goes. Returns what ends it early. */
export function sendEvents(
  asked: Asked,
  look: () => readonly BalancerView[],
  over: () => void,
): () => void {
  const { response } = asked;
  let behind = false;
  const send = () => {
    if (!behind) behind = !response.write(Buffer.from(message(look())));
  };
  const timer = setInterval(send, EVERY_MS).unref();
  const stop = () => {
    clearInterval(timer);
    over();
  };
  response.listener = {
    clientDrained() {
      behind = false;
    },
    clientClosed: stop,
    bodyFailed: stop,
  } satisfies ClientListener;
  const headers = ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'];
  response.head(200, 'OK', [...headers, ...ownAnswerHeaders(asked, 200)], true);
  send();
  return () => response.drop();
}

function message(views: readonly BalancerView[]): string {
  const balancers = views.map(({ name, members }) => ({
    name,
    members: members.map((member) => ({ elected: member.elected, shown: shownOf(member) })),
  }));
  return `data: ${JSON.stringify({ balancers })}\n\n`;
}
