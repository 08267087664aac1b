/** Who is let in: what `Require` lines say of the client, and of the user where they ask for one; and over what. */
import { refuse } from '../own-answer.ts';
import type { Asked } from '../passage.ts';
import { admission } from '../rules/access.ts';
import type { Settings } from '../rules/settings.ts';
import { BasicAuth, challenge, type Identified } from './basic.ts';

export class Doorkeeper {
  readonly #auth = new BasicAuth();

  /** Takes a line for each wrong password, and what is wrong with files of users. */
  set tell(tell: (line: string) => void) {
    this.#auth.tell = tell;
  }

  /** Whether the request may be served; else it is refused. */
  admits(asked: Asked, settings: Settings): boolean {
    const { require, requireSsl, auth } = settings;
    if (requireSsl && !asked.request.secure) {
      refuse(asked, 403);
      return false;
    }
    if (require === null && auth?.type !== 'basic') return true;
    const { remoteAddress, localAddress } = asked.request;
    const asking = { remoteAddress, localAddress, user: null };
    const first = require === null ? 'unknown' : admission(require, asking);
    if (first === 'granted') return true;
    if (first === 'denied') {
      refuse(asked, 403);
      return false;
    }
    const who = this.#identify(asked, settings);
    asked.user = who.user ?? null;
    if (!('status' in who)) return true;
    refuse(asked, who.status, who.headers);
    return false;
  }

  #identify({ request }: Asked, { require, auth }: Settings): Identified {
    // Fails closed, as in httpd: somebody has forgotten to say who may.
    if (require === null) return this.#auth.broken('AuthType Basic without Require');
    const who = this.#auth.identify(request, auth);
    if ('status' in who) return who;
    const { remoteAddress, localAddress } = request;
    const may = admission(require, { remoteAddress, localAddress, user: who.user }) === 'granted';
    return may ? who : challenge(auth?.realm ?? '', who.user);
  }
}
