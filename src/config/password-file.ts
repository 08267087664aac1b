/**
 * Files of users as `htpasswd` writes them: `name:hash` on each line. What is wrong with one is told when it is read;
 * which hash is right for a password is the business of whoever checks it.
 */
import { readFileSync } from 'node:fs';

/** Hashes by name. Names are bytes, as latin1 text: nothing says in which encoding clients send them. */
export type Passwords = ReadonlyMap<string, string>;

/** SHA-crypt with more rounds would hold everybody else up while one password is checked. */
export const ROUNDS_MAX = 20_000;

const known =
  /^(?:\$(?:apr1|1)\$[^$]{0,8}\$[./\dA-Za-z]{22}|\{SHA\}[+/\dA-Za-z]{27}=|\$5\$(?:rounds=\d+\$)?[^$]{0,16}\$[./\dA-Za-z]{43}|\$6\$(?:rounds=\d+\$)?[^$]{0,16}\$[./\dA-Za-z]{86})$/;

/** How to come by a file, for messages. */
const MAKE = 'Make one with htpasswd -c -5 FILE USER.';

/**
 * Reads the file at `path`; `problem` hears of every line that is none, or whose hash cannot be checked.
 * @throws RangeError saying why the file cannot be read.
 */
export function readPasswords(
  path: string,
  problem: (line: number, message: string) => void,
): Passwords {
  const passwords = new Map<string, string>();
  for (const [i, line] of textOf(path).split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const [name = '', hash] = text.split(':');
    const wrong =
      hash === undefined || name === ''
        ? 'is no user; expected NAME:HASH.'
        : wrongWith(hash, `htpasswd -5 ${path} ${/^[\w.@-]+$/.test(name) ? name : 'USER'}`);
    if (wrong !== null) problem(i + 1, wrong);
    else if (!passwords.has(name)) passwords.set(name, hash!); // as in httpd, the first counts
  }
  return passwords;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new RangeError(`${path} does not exist. ${MAKE}`);
    if (code === 'EACCES')
      throw new RangeError(`${path} may not be read by this user; change its owner or mode.`);
    throw new RangeError(`${path} cannot be read (${code}). ${MAKE}`);
  }
}

/** `anew`: what gives the user another hash. */
function wrongWith(hash: string, anew: string): string | null {
  if (known.test(hash)) {
    const rounds = Number(/rounds=(\d+)/.exec(hash)?.[1] ?? 0);
    return rounds <= ROUNDS_MAX
      ? null
      : `asks for ${rounds} rounds of hashing; expected at most ${ROUNDS_MAX}; write it anew with ${anew}.`;
  }
  const kind = /^\$2[abxy]?\$/.test(hash)
    ? 'a bcrypt hash (htpasswd -B), which Node cannot check'
    : 'no hash that is known here';
  return `has ${kind}; write it anew with ${anew} (SHA-512), or -2 (SHA-256), -m (MD5), -s (SHA-1) in place of -5.`;
}

/** Names as clients send them: bytes, as latin1 text. */
export function userNames(names: readonly string[]): readonly string[] {
  return names.map((name) => Buffer.from(name).toString('latin1'));
}
