/**
 * A script as operators have them, with curl: it finds the nonce on the page, drains, disables, re-weights and brings
 * back. It runs unchanged against ours and, where it is installed, the real httpd; both end in the same state.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { cellsOf, hasHttpd, ours, shop, stateOf, theirs } from './sides.ts';

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasCurl) console.warn('skipped: no curl to run the script with');

const SCRIPT = `#!/bin/sh
# usage: members.sh http://HOST:PORT/balancer-manager BALANCER MEMBER OTHER
set -eu
page=$1 balancer=$2 member=$3 other=$4
nonce() {
  curl -sf -e "$page" "$page" | sed -n "s/.*b=$balancer&amp;nonce=\\([^\\"]*\\).*/\\1/p" | head -n 1
}
change() {
  curl -sf -o /dev/null -e "$page" --data-urlencode "w=$1" -d "b=$balancer&nonce=$(nonce)&$2" "$page"
}
change "$member" w_status_N=1                  # drain it
change "$member" w_status_D=1                  # then take it out
change "$other" 'w_lf=7&w_ls=0&w_wr=n2&w_rr='  # the other one takes more
change "$member" 'w_status_D=0&w_status_N=0'   # and it comes back
change "$member" w_status_H=1                  # as a standby
curl -sf -o /dev/null -e "$page" -d "b=$balancer&nonce=$(nonce)&b_lbm=bytraffic&b_tmo=3" "$page"
curl -sf -e "$page" "$page?xml=1" | grep -c '<httpd:worker>'
`;

test.skipIf(!hasCurl)('drain, disable, re-weight and bring back', async () => {
  const { lines, urls } = await shop('growth=1'); // a nonce of the server's own
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-curl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'members.sh');
  writeFileSync(file, SCRIPT);
  const states = [];
  for (const start of hasHttpd ? [ours, theirs] : [ours]) {
    const port = await start(lines);
    const page = `http://127.0.0.1:${port}/balancer-manager`;
    const { stdout } = await promisify(execFile)('sh', [file, page, 'shop', urls[0]!, urls[1]!]);
    expect(stdout.trim()).toBe('3');
    states.push({ xml: await stateOf(port), cells: await cellsOf(port) });
  }
  const [mine, httpds] = states;
  if (httpds !== undefined) expect(mine).toEqual(httpds);
  expect(mine!.cells.slice(0, 2).map((cells) => [cells[3], cells[5], cells[8]])).toEqual([
    ['1.00', 'Init Stby Ok ', '100'],
    ['7.00', 'Init Ok ', '700'],
  ]);
  expect(mine!.xml).toContain('<httpd:lbmethod>bytraffic</httpd:lbmethod>');
});
