/**
 * Fields that a connection says again, as it does with most requests, go on to a worker as they did the time before,
 * where nothing else about them is different.
 */
import type { MemberConf, ServerConf } from '../../config/config.ts';
import type { AnswerLines } from '../head-lines.ts';
import type { RequestHeadOptions } from './request-head.ts';
import type { Settings } from './settings.ts';

/** What a worker was told of a client's fields, and what that was made of beside them. */
export interface Passed {
  readonly settings: Settings;
  readonly server: ServerConf;
  readonly remoteAddress: string;
  readonly version: string;
  readonly maxForwards: string | null;
  readonly keepAlive: boolean;
  /** The host that ProxyPreserveHost keeps. */
  readonly host: string;
  /** All behind Host. */
  readonly text: string;
  /** The member that was told last, and all that it was told behind the target, in one piece. */
  member: MemberConf | null;
  behind: string;
}

/** Whether `known` was made of the same. The address reached, and TLS, are the same for all that a connection says. */
export function isSame(known: Passed, options: RequestHeadOptions): boolean {
  return (
    known.settings === options.settings &&
    known.server === options.server &&
    known.keepAlive === options.keepAlive &&
    known.version === options.version &&
    known.maxForwards === options.maxForwards &&
    known.remoteAddress === options.remoteAddress &&
    isUsual(options)
  );
}

/** Nothing makes a difference but the fields and what `Passed` has. */
export function isUsual(options: RequestHeadOptions): boolean {
  return (
    options.lines?.fields === options.rawHeaders &&
    !options.framing.chunked &&
    options.framing.contentLength === null &&
    options.upgrade === null &&
    !options.expect &&
    !options.absolute &&
    options.settings.requestHeaders.length === 0 &&
    options.values.env.size === 0
  );
}

/** `text`, all that stands behind Host, to be said again. */
export function keep(options: RequestHeadOptions, host: string, text: string): Passed {
  const { settings, server, remoteAddress, version, maxForwards, keepAlive } = options;
  const own = inOnePiece(text);
  const known = { settings, server, remoteAddress, version, maxForwards, keepAlive, host };
  return { ...known, text: own, member: null, behind: '' };
}

/** What was put together is taken apart at each write. */
export function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** What a client was told of a worker's fields, and what that was made of beside them. */
export interface Told {
  readonly settings: Settings;
  readonly server: ServerConf;
  /** The proxy's own. */
  readonly date: string;
  readonly fields: readonly string[];
  readonly lines: AnswerLines;
}
