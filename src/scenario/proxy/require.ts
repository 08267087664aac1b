/** Who may ask for a page: httpd's Require lines, and the users that they name. */
import type { AuthConf, Require } from '../../config/config.ts';
import { isNetwork } from '../../config/networks.ts';
import { readPasswords, userNames } from '../../config/password-file.ts';
import type { Context } from '../context.ts';
import { type Path, pathText } from '../document.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';

export interface Access {
  /** null: nothing is said. */
  readonly require: readonly Require[] | null;
  readonly auth: AuthConf | null;
}

type RawAccess = Pick<
  Loose<RawProxied['manager'] & object>,
  'require' | 'requireall' | 'authname' | 'authuserfile'
>;

/** What stands under `root`. With a file of users and nothing else said, each of them may. */
export function resolveAccess(raw: RawAccess, root: string, context: Context): Access {
  const linesOf = (key: 'require' | 'requireall') =>
    (raw[key] ?? []).map((text = '', i) => requireOf(text, [root, key, i], context));
  const some = linesOf('require');
  const all = linesOf('requireall');
  const auth = authOf(raw, root, context);
  if (auth !== null && some.length + all.length === 0) {
    return { require: [{ kind: 'user', names: null, negated: false }], auth };
  }
  const users = [...some, ...all].some(({ kind }) => kind === 'user');
  if (users !== (auth !== null)) {
    const path = users ? [root] : [root, 'authuserfile'];
    const message = users
      ? `${pathText(path)} requires users; expected authuserfile: with the path of a file that htpasswd has made.`
      : `${pathText(path)} has no effect; expected valid-user, or user and names, in ${root}.require or ${root}.requireall.`;
    context.report('MISSING', path, message, 'key');
  }
  return { require: together(some, all), auth };
}

/** Any of `some` and every one of `all`; negated ones keep out wherever they stand. */
function together(some: readonly Require[], all: readonly Require[]): readonly Require[] | null {
  const every = [...all, ...some.filter(({ negated }) => negated)];
  const any = some.filter(({ negated }) => !negated);
  if (every.length === 0) return any.length === 0 ? null : any;
  const rest: Require[] = any.length === 0 ? [] : [{ kind: 'any', of: any, negated: false }];
  return [{ kind: 'every', of: [...every, ...rest], negated: false }];
}

function authOf(raw: RawAccess, root: string, context: Context): AuthConf | null {
  const { authname: realm = 'fairlead', authuserfile } = raw;
  if (authuserfile === undefined) {
    if (raw.authname !== undefined) {
      const path = [root, 'authname'];
      context.report('MISSING', path, `${pathText(path)} is there without ${root}.authuserfile.`);
    }
    return null;
  }
  const at = [root, 'authuserfile'];
  const path = context.files.absolute(authuserfile);
  try {
    readPasswords(path, (line, message) =>
      context.report('NOT_SUPPORTED', at, `${pathText(at)}: ${path}:${line} ${message}`),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.report('REFERENCE', at, `${pathText(at)}: ${error.message}`);
  }
  return { type: 'basic', realm, userFile: { path, place: placeIn(context.document, at) } };
}

/** One line, which stands at `path`. */
function requireOf(text: string, path: Path, context: Context): Require {
  const words = text.trim().split(/\s+/);
  const negated = words[0]?.toLowerCase() === 'not';
  const [kind = '', ...rest] = negated ? words.slice(1) : words;
  const refuse = (expected: string): Require => {
    const message = `${pathText(path)} is "${text}"; expected ${expected}.`;
    context.report('VALUE', path, message);
    return { kind: 'all', granted: false, negated: false };
  };
  switch (kind.toLowerCase()) {
    case 'all': {
      const word = rest.join(' ').toLowerCase();
      if (negated || !['granted', 'denied'].includes(word)) {
        return refuse('all granted or all denied');
      }
      return { kind: 'all', granted: word === 'granted', negated };
    }
    case 'local':
      return rest.length > 0 ? refuse('local alone') : { kind: 'local', negated };
    case 'ip':
      if (rest.length === 0 || !rest.every(isNetwork)) {
        return refuse('ip and addresses or networks, such as ip 127.0.0.1 10.0.0.0/8');
      }
      return { kind: 'ip', networks: rest, negated };
    case 'host':
      if (rest.length === 0) return refuse('host and names, such as host example.com');
      return { kind: 'host', names: rest, negated };
    case 'valid-user':
      return rest.length > 0 ? refuse('valid-user alone') : { kind: 'user', names: null, negated };
    case 'user':
      if (rest.length === 0) refuse('user and names, such as user ann bob');
      return { kind: 'user', names: userNames(rest), negated };
    default:
      return refuse('all, ip, local, host, valid-user or user');
  }
}
