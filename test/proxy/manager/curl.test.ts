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
import { backend } from '../rig.ts';
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
# usage: members.sh http://HOST:PORT/balancer-manager BALANCER MEMBER OTHER NEW
set -eu
page=$1 balancer=$2 member=$3 other=$4 new=$5
nonce() {
  curl -sf -e "$page" "$page" | sed -n "s/.*b=$balancer&amp;nonce=\\([^\\"]*\\).*/\\1/p" | head -n 1
}
change() {
  curl -sf -o /dev/null -e "$page" --data-urlencode "w=$1" -d "b=$balancer&nonce=$(nonce)&$2" "$page"
}
change "$member" w_status_N=1                  # drain it
change "$member" w_status_D=1                  # then take it out
change "$other" 'w_lf=7&w_ls=2&w_wr=n2&w_rr=n1' # the other one takes more
change "$member" 'w_status_D=0&w_status_N=0'   # and it comes back
change "$member" w_status_H=1                  # as a standby
change "$other" 'w_status_R=1&w_status_I=1'    # a spare that ignores errors
change "$other" w_status_S=1                   # stopped, for a while
change "$other" 'w_status_S=0&w_status_R=0'
change "$member" 'w_hm=GET&w_hi=700&w_hp=2&w_hf=3&w_hu=/up&w_he=ok'
curl -sf -o /dev/null -e "$page" --data-urlencode "b_nwrkr=$new" \\
  -d "b=$balancer&nonce=$(nonce)&b_wyes=1" "$page"  # one more, which begins disabled
change "$new" 'w_status_D=0&w_wr=n3&w_lf=1.5'
curl -sf -o /dev/null -e "$page" -d "b=$balancer&nonce=$(nonce)&b_lbm=bytraffic&b_tmo=3" "$page"
curl -sf -o /dev/null -e "$page" -d "b=$balancer&nonce=$(nonce)&b_max=2&b_sforce=1&b_ss=SID|sid" "$page"
curl -sf -e "$page" "$page?xml=1" | grep -c '<httpd:worker>'
`;

test.skipIf(!hasCurl)('every field that a script may change, and a member more', async () => {
  const { lines, urls } = await shop('growth=1'); // a nonce of the server's own
  const added = await backend('added');
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-curl-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'members.sh');
  writeFileSync(file, SCRIPT);
  const states = [];
  for (const start of hasHttpd ? [ours, theirs] : [ours]) {
    const port = await start(lines);
    const page = `http://127.0.0.1:${port}/balancer-manager`;
    const who = [urls[0]!, urls[1]!, added.url];
    const { stdout } = await promisify(execFile)('sh', [file, page, 'shop', ...who]);
    expect(stdout.trim()).toBe('4');
    states.push({ xml: await stateOf(port), cells: await cellsOf(port) });
  }
  const [mine, httpds] = states;
  if (httpds !== undefined) expect(mine).toEqual(httpds);
  const columns = [1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 16];
  const unchecked = ['NONE', '30000ms', '1 (0)', '1 (0)', '', ''];
  expect(mine!.cells.slice(0, 3).map((cells) => columns.map((at) => cells[at]))).toEqual([
    ['n1', '', '1.00', '0', 'Init Stby Ok ', 'GET', '700ms', '2 (0)', '3 (0)', '/up', 'ok'],
    ['n2', 'n1', '7.00', '2', 'Init Ign Ok ', ...unchecked],
    ['n3', '', '1.50', '0', 'Init Ok ', ...unchecked],
  ]);
  for (const said of [
    'lbmethod>bytraffic',
    'timeout>3',
    'nofailover>On',
    'stickysession>SID',
    'maxattempts>2',
  ]) {
    expect(mine!.xml).toContain(`<httpd:${said}</httpd:`);
  }
});
