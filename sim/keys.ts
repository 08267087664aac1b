/** Who asks, and for what, as hash methods see it: keys of the client's address and of the path of the URI. */
import { keyOf, NONE } from '../src/core/index.ts';
import type { ClientSpec, PopularitySpec } from '../src/scenario/scenario.ts';
import { counterUniform } from './counter-uniform.ts';
import { zipf } from './distributions/zipf.ts';
import type { Flight } from './flights.ts';
import type { Sessions } from './sessions.ts';
import type { Uniform } from './streams.ts';

/** What these draws of a session are for; beside those in sessions.ts. */
const ADDRESS = 16;
const PATH = 17;

/** Of one client class. A session keeps its address, a closed user for ever; each request has a path of its own. */
export class Keys {
  private readonly addressOf: (u: number) => number;
  private readonly pathOf: (u: number) => number;
  /** For requests outside sessions. */
  private readonly addresses: Uniform;
  private readonly paths: Uniform;
  /** Key of the address that was drawn last. */
  source = 0;
  private uri = 0;

  constructor({ name, addresses, paths }: ClientSpec, stream: (name: string) => Uniform) {
    const anyAddress = (u: number) => Math.floor(u * 4294967296); // everybody has one of his own
    const onePath = keyOf('/');
    this.addressOf =
      addresses === null ? anyAddress : keyed(addresses, (rank) => `${name}-${rank}`);
    this.pathOf = paths === null ? () => onePath : keyed(paths, (rank) => `/${rank}`);
    this.addresses = stream(`key/${name}`);
    this.paths = stream(`path/${name}`);
  }

  /** Draws the keys of the next request. `session`: NONE outside of any. */
  draw(session: number, { slab: { rows } }: Sessions): void {
    if (session === NONE) {
      this.source = this.addressOf(this.addresses());
      this.uri = this.pathOf(this.paths());
      return;
    }
    const { key0, key1, count } = rows;
    const [a, b] = [key0[session], key1[session]];
    this.source = this.addressOf(counterUniform(a, b, 0, ADDRESS));
    this.uri = this.pathOf(counterUniform(a, b, count[session], PATH));
  }

  /** Gives the flight what was drawn last. */
  stamp(flight: Flight): void {
    flight.sourceKey = this.source;
    flight.uriKey = this.uri;
  }
}

/**
 * Which of `count` proxies the address of this key takes. The key is mixed once more, so that what a proxy's own lbmethod
 * makes of it is independent of this.
 */
export function proxyOfAddress(key: number, count: number): number {
  return Math.floor(counterUniform(key, 0, 0, ADDRESS) * count);
}

/** From a uniform to the key of a text, by its rank in popularity. */
function keyed({ exponent, max }: PopularitySpec, text: (rank: number) => string) {
  const { sample } = zipf(exponent, max);
  const keys = Uint32Array.from({ length: max }, (_, i) => keyOf(text(i + 1)));
  return (u: number) => keys[sample(u) - 1];
}
