/**
 * `SetHandler balancer-manager` (spec: httpd 8): shows the balancers that the virtual host sees, and changes them by
 * the forms that httpd's page has, so that whoever speaks to httpd's manager can speak to this one.
 */
import type { ProxyConfig } from '../../config/config.ts';
import type { Markup } from '../../markup.ts';
import { nowNs, zeroMs } from '../clock.ts';
import type { Group } from '../group.ts';
import { answerAsked, refuse, whenRead } from '../own-answer.ts';
import { type Asked, authorityOf } from '../passage.ts';
import type { Reloads } from '../reloads.ts';
import { joined } from '../rules/fields.ts';
import { hostOf } from '../rules/server.ts';
import { balancersJson, fieldsOf, LISTENERS_MAX, readChange, sendEvents } from './api.ts';
import { applyForm, lbmethodsFor, workerOf } from './edit.ts';
import { balancerForm, memberForm } from './forms.ts';
import { type Fields, FORM_BYTES, formFields, queryFields, trusted } from './input.ts';
import { previewNotice, undoNotice } from './notices.ts';
import { about, pageHeaders, pageOf } from './page.ts';
import { balancerSection, type Page } from './tables.ts';
import { type BalancerView, viewOf } from './view.ts';
import { xmlOf } from './xml.ts';

const ALLOWED = ['Allow', 'GET, HEAD, POST'];
const API = /^(.*)\/api\/v1\/(balancers|events|change)$/;

export class Manager {
  /** Of the balancers, as forms and scripts know them. */
  readonly #names: readonly string[];
  readonly #groups: readonly Group[];
  readonly #reloads: Reloads;
  /** Another configuration has taken over. */
  #over = false;
  /** What ends each stream of live numbers. */
  readonly #streams = new Set<() => void>();

  constructor(config: ProxyConfig, groups: readonly Group[], reloads: Reloads) {
    this.#names = config.balancers.map(({ name }) => name);
    this.#groups = groups;
    this.#reloads = reloads;
  }

  /** Answers now, or when the form has arrived. */
  handle(asked: Asked): void {
    for (const group of this.#groups) group.refresh();
    const { request, target } = asked;
    const [, , api] = API.exec(target.path) ?? [];
    const posts = request.method === 'POST';
    if (!posts && request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(asked, 405, ALLOWED);
    } else if (api === 'events' && !posts) this.#listen(asked);
    else if (api === 'balancers' && !posts) this.#answerJson(asked, 200);
    else if (api === 'change' && posts) this.#whenRead(asked, (body) => this.#change(asked, body));
    else if (api !== undefined) refuse(asked, 405, ['Allow', posts ? 'GET' : 'POST']);
    else if (posts) this.#whenRead(asked, (body) => this.#show(asked, formFields(body)));
    else this.#show(asked, queryFields(target.query));
  }

  /** Ends the streams of live numbers. */
  close(): void {
    this.#over = true;
    for (const end of this.#streams) end();
  }

  /** A change that arrives while another configuration takes over would be lost, so it is refused. */
  #whenRead(asked: Asked, then: (body: Buffer) => void): void {
    whenRead(asked, FORM_BYTES, (body) => {
      if (this.#over) refuse(asked, 503);
      else then(body);
    });
  }

  #show(asked: Asked, given: Fields): void {
    const fields = trusted(given, refererOf(asked), this.#serverName(asked));
    const index = this.#named(asked, fields);
    const before = this.#views(asked);
    const group = index < 0 ? undefined : this.#groups[asked.server.balancers[index]!];
    const opened = group !== undefined && group.nonce !== '' && group.nonce === fields.get('nonce');
    const isPreview = fields.has('preview');
    if (opened && !isPreview && !applyForm(fields, group, asked.server)) {
      refuse(asked, 400);
      return;
    }
    const views = opened ? this.#views(asked) : before;
    const seen = asked.server.balancers.map((balancer) => this.#groups[balancer]!);
    if (fields.has('xml')) {
      answerAsked(asked, 200, 'text/xml', xmlOf(views, seen, zeroMs()));
      return;
    }
    const page = (i: number): Page => ({
      path: asked.target.path,
      nonce: seen[i]!.nonce,
    });
    const chosen = opened ? views[index]! : null;
    const worker = group === undefined ? null : workerOf(fields, group);
    let notice: Markup | null = null;
    if (opened && isPreview) notice = previewNotice(fields, group, asked.server, nowNs());
    else if (opened) notice = undoNotice(before[index]!, worker, fields, page(index));
    answerAsked(
      asked,
      200,
      'text/html; charset=utf-8',
      pageOf(
        this.#serverName(asked),
        asked.target.path,
        about(seen, this.#reloads),
        notice,
        views.map((view, i) => balancerSection(view, page(i))),
        chosen && this.#form(asked, chosen, seen[index]!, worker, page(index), notice === null),
      ),
      pageHeaders,
    );
  }

  /** `isAsked`: for the form itself, and not by sending it. */
  #form(
    asked: Asked,
    view: BalancerView,
    group: Group,
    worker: number | null,
    page: Page,
    isAsked: boolean,
  ): Markup {
    if (worker !== null) {
      return memberForm(view, view.members[worker]!, page, asked.server, isAsked);
    }
    return balancerForm(
      view,
      page,
      lbmethodsFor(group),
      view.members.length < view.maxMembers,
      isAsked,
    );
  }

  #change(asked: Asked, body: Buffer): void {
    let fields: Fields;
    try {
      fields = fieldsOf(readChange(body.toString('utf8')));
    } catch (error) {
      this.#answerJson(asked, 400, (error as Error).message);
      return;
    }
    const own = trusted(fields, refererOf(asked), this.#serverName(asked)).size > 0;
    const index = this.#named(asked, fields);
    const group = index < 0 ? undefined : this.#groups[asked.server.balancers[index]!];
    if (!own || group === undefined || group.nonce === '' || group.nonce !== fields.get('nonce')) {
      const message =
        'not opened: expected a balancer of this server, its nonce, and a Referer or Origin of this server';
      this.#answerJson(asked, 403, message);
    } else if (fields.has('w') && workerOf(fields, group) === null) {
      this.#answerJson(asked, 404, `no member ${fields.get('w')}`);
    } else if (!applyForm(fields, group, asked.server)) {
      this.#answerJson(asked, 400, 'no such member can be added');
    } else this.#answerJson(asked, 200);
  }

  #listen(asked: Asked): void {
    if (this.#streams.size >= LISTENERS_MAX) {
      refuse(asked, 503);
      return;
    }
    const end = sendEvents(
      asked,
      () => this.#views(asked),
      () => this.#streams.delete(end),
    );
    this.#streams.add(end);
  }

  #views({ server }: Asked): BalancerView[] {
    return viewOf(this.#groups, this.#names, server, nowNs());
  }

  /** Index of the balancer that `b` names, among those that the server sees; -1 without one. */
  #named({ server }: Asked, fields: Fields): number {
    const name = fields.get('b')?.toLowerCase();
    return server.balancers.findIndex((balancer) => this.#names[balancer] === name);
  }

  #serverName(asked: Asked): string {
    const { server } = asked;
    if (server.useCanonicalName && server.serverName !== null) return server.serverName.host;
    return hostOf(authorityOf(asked) ?? server.serverName?.host ?? asked.request.localAddress);
  }

  #answerJson(asked: Asked, status: number, error?: string): void {
    const nonces = asked.server.balancers.map((balancer) => this.#groups[balancer]!.nonce);
    const text =
      error === undefined
        ? balancersJson(this.#views(asked), nonces, this.#reloads)
        : `${JSON.stringify({ version: 1, error })}\n`;
    answerAsked(asked, status, 'application/json', text, ['Cache-Control', 'no-store']);
  }
}

/** Where the request says it comes from. */
function refererOf({ request }: Asked): string | null {
  return joined(request.rawHeaders, 'referer') ?? joined(request.rawHeaders, 'origin');
}
