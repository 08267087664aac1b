/** Basic authentication, after httpd's mod_auth_basic and mod_authn_file. */
import type { AuthConf } from '../../config/config.ts';
import { nowNs } from '../clock.ts';
import type { ClientRequest } from '../front.ts';
import { escaped } from '../observe/log-text.ts';
import { joined } from '../rules/fields.ts';
import { Attempts } from './attempts.ts';
import { Users } from './users.ts';

/** A user, or the status of the refusal and the headers that go with it. */
export type Identified = { readonly user: string } | Refused;

interface Refused {
  /** Who the client says it is. */
  readonly user?: string;
  readonly status: 401 | 429 | 500;
  readonly headers: readonly string[];
}

interface Credentials {
  /** Bytes as latin1 text. */
  readonly user: string;
  readonly password: Buffer;
}

/** What is wrong with the configuration or a file is told this seldom. */
const TELL_EVERY_NS = 10e9;

export class BasicAuth {
  /** Takes a line for each wrong password, and what is wrong with files. */
  tell: (line: string) => void = () => {};
  readonly #files = new Map<string, Users>();
  readonly #attempts = new Attempts();
  #toldNs = Number.NEGATIVE_INFINITY;

  /** Who asks. `conf`: what holds for the address asked for. */
  identify(request: ClientRequest, conf: AuthConf | null): Identified {
    const { type = null, realm = null, userFile = null } = conf ?? {};
    if (type !== 'basic' || realm === null || userFile === null) {
      return this.broken('users are required without AuthType Basic, AuthName and AuthUserFile');
    }
    const given = credentialsOf(joined(request.rawHeaders, 'authorization'));
    if (given === null) return challenge(realm);
    try {
      return this.#check(given, this.#usersOf(userFile.path), realm, request.remoteAddress);
    } catch (error) {
      if (error instanceof RangeError) return this.broken(error.message);
      throw error;
    }
  }

  #check({ user, password }: Credentials, users: Users, realm: string, from: string): Identified {
    if (users.remembers(user, password)) return { user };
    const seconds = this.#attempts.wait(from, nowNs());
    if (seconds > 0) return { status: 429, headers: ['Retry-After', String(seconds)] };
    if (users.check(user, password)) return { user };
    this.#attempts.failed(from, nowNs());
    this.tell(`wrong user or password from ${from}: ${escaped(user)}`);
    return challenge(realm, user);
  }

  /** The configuration, or a file, makes no sense. */
  broken(what: string): Refused {
    const now = nowNs();
    if (now - this.#toldNs >= TELL_EVERY_NS) {
      this.#toldNs = now;
      this.tell(what);
    }
    return { status: 500, headers: [] };
  }

  #usersOf(path: string): Users {
    let users = this.#files.get(path);
    if (users === undefined) {
      users = new Users(path, (line) => this.tell(line));
      this.#files.set(path, users);
    }
    return users;
  }
}

/** Asks for a user and a password. */
export function challenge(realm: string, user?: string): Refused {
  const quoted = realm.replace(/["\\]/g, '\\$&');
  const headers = ['WWW-Authenticate', `Basic realm="${quoted}"`];
  return { status: 401, headers, ...(user !== undefined && { user }) };
}

/** `Basic` and base64 of `user:password`; null for anything else. */
function credentialsOf(header: string | null): Credentials | null {
  const [, base64] = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? '') ?? [];
  if (base64 === undefined) return null;
  const bytes = Buffer.from(base64, 'base64');
  const colon = bytes.indexOf(':');
  if (colon < 0) return { user: bytes.toString('latin1'), password: Buffer.alloc(0) };
  return { user: bytes.toString('latin1', 0, colon), password: bytes.subarray(colon + 1) };
}
