/** Who the users of a file are: read when it is first asked, and again whenever the file has changed. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { type Passwords, readPasswords } from '../../config/password-file.ts';
import { crypt } from './crypt.ts';

/** Hashed in place of a user's when there is no such user: nobody is to learn from the time who there is. */
const NOBODY = '$apr1$........$......................';

/** htpasswd takes fewer; a longer one takes ever longer to hash, for whoever guesses, too. */
const PASSWORD_BYTES_MAX = 511;

/** What a password that was right before is kept as, for as long as this process lives. */
const key = randomBytes(32);

export class Users {
  readonly #path: string;
  readonly #tell: (line: string) => void;
  #version = '';
  #passwords: Passwords = new Map();
  /** By user, a fingerprint of the password that was right last: hashing costs milliseconds. */
  readonly #right = new Map<string, Buffer>();

  /** `tell` hears of the first line that lets nobody in, whenever the file has changed. */
  constructor(path: string, tell: (line: string) => void) {
    this.#path = path;
    this.#tell = tell;
  }

  /** Whether `password` was found right before, under the present file. @throws RangeError when it cannot be read. */
  remembers(user: string, password: Buffer): boolean {
    this.#refresh();
    const known = this.#right.get(user);
    return known !== undefined && timingSafeEqual(known, fingerprint(password));
  }

  /** Hashes `password`, which takes as long for users that there are not. */
  check(user: string, password: Buffer): boolean {
    if (password.length > PASSWORD_BYTES_MAX) return false;
    const hash = this.#passwords.get(user);
    const like = hash ?? this.#passwords.values().next().value ?? NOBODY;
    const computed = crypt(password, like);
    const right = timingSafeEqual(
      fingerprint(Buffer.from(computed)),
      fingerprint(Buffer.from(like)),
    );
    if (!right || hash === undefined) return false;
    this.#right.set(user, fingerprint(password));
    return true;
  }

  #refresh(): void {
    const version = versionOf(this.#path);
    if (version === this.#version) return;
    const wrong: string[] = [];
    this.#passwords = readPasswords(this.#path, (line, message) => {
      wrong.push(`${this.#path}:${line}: it lets nobody in, as it ${message}`);
    });
    if (wrong.length > 0) this.#tell(wrong[0]!);
    this.#version = version;
    this.#right.clear();
  }
}

function versionOf(path: string): string {
  try {
    const { mtimeNs, ino, size } = statSync(path, { bigint: true });
    return `${mtimeNs} ${ino} ${size}`;
  } catch (error) {
    throw new RangeError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function fingerprint(bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}
