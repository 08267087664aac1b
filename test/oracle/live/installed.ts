/** Whether live tests run: `FAIRLEAD_ORACLE` asks for them, and this machine has an httpd. */
import { findHttpd } from './httpd.ts';

const wanted = Boolean(process.env['FAIRLEAD_ORACLE']);

/** The httpd to test beside; null: skip. */
export const installed = wanted ? findHttpd() : null;

if (wanted && installed === null) {
  console.warn('oracle: skipped, as no httpd with mod_proxy_balancer was found on this machine');
}
