/** The registry: one import and one line per lbmethod. Simulator, command line and reports read it. */
import type { LbMethod } from '../lbmethod.ts';
import { boundedload } from './boundedload.ts';
import { bybusyness } from './bybusyness.ts';
import { byrequests } from './byrequests.ts';
import { bytraffic } from './bytraffic.ts';
import { c3 } from './c3.ts';
import { edf } from './edf.ts';
import { first } from './first.ts';
import { heartbeat } from './heartbeat.ts';
import { heartbeatProportional } from './heartbeat-proportional.ts';
import { jiq } from './jiq.ts';
import { jsq } from './jsq.ts';
import { ketama } from './ketama.ts';
import { leastconn } from './leastconn.ts';
import { leasttime } from './leasttime.ts';
import { maglev } from './maglev.ts';
import { p2c } from './p2c.ts';
import { peakewma } from './peakewma.ts';
import { prequal } from './prequal.ts';
import { random } from './random.ts';
import { rendezvous } from './rendezvous.ts';
import { ringhash } from './ringhash.ts';
import { sed } from './sed.ts';
import { source } from './source.ts';
import { swrr } from './swrr.ts';
import { uri } from './uri.ts';

export const lbmethods: readonly LbMethod[] = [
  byrequests,
  bytraffic,
  bybusyness,
  heartbeat,
  heartbeatProportional,
  random,
  p2c,
  leastconn,
  swrr,
  edf,
  first,
  source,
  uri,
  ketama,
  ringhash,
  maglev,
  rendezvous,
  boundedload,
  peakewma,
  leasttime,
  prequal,
  c3,
  jiq,
  jsq,
  sed,
];
