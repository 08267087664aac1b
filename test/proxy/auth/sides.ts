/** A file of users, and what both proxies are told of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** As `htpasswd` writes them: `secret` with -m, -2, -5 and -s; `pässword` with -5; an empty one with -m; 511 and 512 times x. */
export const USERS = `# who may
ann:$apr1$tests$b0hrGuqZKTXr/ohf5vfum0

  bob:$5$tests$zDXD8B4Ob2XCwi9FeVvl6Hlzy1e8pmESJr1bcInXFB5
eve:$6$tests$rXOlNhrqSifgig8RR6BfI5k8iTJ07NlVEJgTws0n1ixMZv3cpWNb5d6p1kWQISzCXRa/fS82tHuwVDtAbkUul0:with more behind
sue:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
jürgen:$6$tests$9JkmYZQA9Kp6MZHcS4TB7qpDBYUOzWmmqzw5OygfW30xDSIlvrykrqS40dMUFyglcbem1ROapCq0lhkwkojR.0
nix:$apr1$tests$jZqGCwTTgv3nEUoXESZO/1
ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
max:$6$tests$28vbdNZxqCeH.XPxmyc2cvsOYs0MmW1QRWnIfX8/s2M0v.HgCdoegT5X1.BXOmsAlm.EZg3vIxXEkMMlp3E7P.
long:$6$tests$wogqon3wDsG2hYFhLi/B5cs0YMlbT35.SusIQn.O2K11F1X/6.IVNTwx9TqsfzkuWndBwAX04zj4Ae9Wj3BYZ.
`;

export function passwordFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-auth-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'users');
  writeFileSync(file, text);
  return file;
}

export function basic(user: string, password: string): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
