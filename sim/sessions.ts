/**
 * Sessions: who makes several requests, how many are left, and where their state lives. Each session has a
 * key, drawn at its arrival; everything random about it is a function of the key and a counter, so that
 * the order in which sessions happen to be answered moves no draw.
 */
import { NONE } from '../src/core/index.ts';
import { counterUniform } from './counter-uniform.ts';
import { Slab } from './slab.ts';
import type { Uniform } from './streams.ts';

/** What a session's draws are for. */
export const LENGTH = 0;
export const THINK = 1;
export const SERVICE = 2;
export const BYTES = 3;
export const ERRORS = 4;
export const PAUSE = 5;
export const PROXY = 6;
export const CONNECTION = 7;

const columns = {
  client: 'i32',
  key0: 'u32',
  key1: 'u32',
  /** Requests made so far, over all of a closed user's sessions: the counter of the draws. */
  count: 'u32',
  /** Requests left in this session. */
  left: 'f64',
  /** The proxy it takes; with `spread: request` for one request. */
  proxy: 'i32',
  /** Mode tcp: the flight on its open connection, or NONE; and requests left on that, this one included. */
  connection: 'i32',
  connectionLeft: 'f64',
  /** Worker that holds its state, and that worker's restarts at the time; NONE before the first answer. */
  home: 'i32',
  homeRestarts: 'i32',
  /** 1 once counted, first served, moved, broken inside the window. */
  counted: 'i32',
  placed: 'i32',
  moved: 'i32',
  broken: 'i32',
} as const;

export class Sessions {
  readonly slab = new Slab(columns);
  /** Text of the route each session carries; null before it was given one. */
  readonly routes: (string | null)[] = [];
  private readonly proxies: number;

  constructor(proxies = 1) {
    this.proxies = proxies;
  }

  /** A new session of class `client`; `uniform` is the class's session stream. */
  open(client: number, uniform: Uniform): number {
    const session = this.slab.take();
    const { rows } = this.slab;
    rows.client[session] = client;
    rows.key0[session] = uniform() * 4294967296;
    rows.key1[session] = uniform() * 4294967296;
    rows.count[session] = 0;
    this.begin(session, 0);
    return session;
  }

  /** A fresh start for `left` requests: without route and without state anywhere. */
  begin(session: number, left: number): void {
    const { rows } = this.slab;
    rows.left[session] = left;
    rows.connection[session] = NONE;
    this.takeProxy(session);
    rows.home[session] = NONE;
    rows.counted[session] = 0;
    rows.placed[session] = 0;
    rows.moved[session] = 0;
    rows.broken[session] = 0;
    this.routes[session] = null;
  }

  /** Chooses the proxy that the session takes from now on. */
  takeProxy(session: number): void {
    const proxies = this.proxies;
    this.slab.rows.proxy[session] =
      proxies === 1 ? 0 : Math.floor(this.draw(session, PROXY) * proxies);
  }

  close(session: number): void {
    this.slab.give(session);
  }

  draw(session: number, purpose: number): number {
    const { rows } = this.slab;
    return counterUniform(rows.key0[session], rows.key1[session], rows.count[session], purpose);
  }
}
