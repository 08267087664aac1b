/** Hashes of passwords beside the real `htpasswd`, and beside fixed ones of other programs. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { crypt } from '../../../src/proxy/auth/crypt.ts';

const hasHtpasswd = (() => {
  try {
    execFileSync('htpasswd', ['-nbs', 'a', 'b'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasHtpasswd) console.warn('skipped: no htpasswd (apache2-utils) to make hashes with');

// As OpenSSL's `passwd` and the C library's crypt hash them; {SHA}: from httpd's manual.
test.each([
  ['Hello world!', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['Hello world!', '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
  [
    'Hello world!',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    'Hello world!',
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  ],
  ['password', '$apr1$xxxxxxxx$dxHfLAsjHkDRmG83UXe8K0'],
  ['password', '$1$xxxxxxxx$UYCIxa628.9qXjpQCjM4a.'],
  ['myPassword', '{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE='],
])('%s as %s', (password, hash) => {
  expect(crypt(Buffer.from(password), hash)).toBe(hash);
  expect(crypt(Buffer.from(`${password}x`), hash)).not.toBe(hash);
});

test
  .skipIf(!hasHtpasswd)
  .each([['-m'], ['-2'], ['-5'], ['-s'], ['-2', '-r', '1234'], ['-5', '-r', '20000']])(
  'as htpasswd %s %s %s hashes it',
  (...how) => {
    for (const password of [
      '',
      'x',
      'åäö',
      'a longer one, of more than sixty-four bytes in all, which takes several blocks of a hash',
    ]) {
      const line = execFileSync('htpasswd', ['-nb', ...how, 'joe', password], { stdio: 'pipe' });
      const [, hash = ''] = line.toString().trim().split(':');
      expect(crypt(Buffer.from(password), hash)).toBe(hash);
    }
  },
);
