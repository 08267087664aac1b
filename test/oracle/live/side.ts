/** A proxy under test: httpd, or ours, in front of the same backends. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberState, Parameters } from '../case.ts';
import { manage, managerState } from './client.ts';

export interface Side {
  /** `httpd` or `fairlead`. */
  readonly name: string;
  /** Where it listens. */
  readonly port: number;
  /** The side of one case. */
  of(name: string, ports: readonly number[]): CaseSide;
}

export interface CaseSide {
  readonly name: string;
  readonly port: number;
  state(): Promise<readonly MemberState[]>;
  manage(member: number | null, set: Parameters): Promise<void>;
  /** Members that were tried in vain since the last call, in order; `served`: one member got the request. */
  refused(served: boolean): Promise<readonly number[]>;
}

/** httpd tells its state through balancer-manager, and refused connections through its error log. */
export function httpdSide(folder: string, port: number): Side {
  const of = (name: string, ports: readonly number[]): CaseSide => {
    const log = new Tail(join(folder, 'logs', name));
    return {
      name: 'httpd',
      port,
      state: () => managerState(port, name),
      manage: (member, set) => manage(port, name, member === null ? null : ports[member], set),
      refused: async () => {
        const lines = log.more().matchAll(/AH00957: .* 127\.0\.0\.1:(\d+) .* failed/g);
        return [...lines].map(([, refused]) => ports.indexOf(Number(refused)));
      },
    };
  };
  return { name: 'httpd', port, of };
}

/** A file that grows. */
class Tail {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was written since the last call. */
  more(): string {
    const bytes = Buffer.alloc(1 << 16);
    const file = openSync(this.#path, 'r');
    const count = readSync(file, bytes, 0, bytes.length, this.#offset);
    closeSync(file);
    this.#offset += count;
    return bytes.toString('utf8', 0, count);
  }
}
