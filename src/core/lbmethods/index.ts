/** The registry: one import and one line per lbmethod. Simulator, command line and reports read it. */
import type { LbMethod } from '../lbmethod.ts';
import { bybusyness } from './bybusyness.ts';
import { byrequests } from './byrequests.ts';
import { bytraffic } from './bytraffic.ts';
import { heartbeat } from './heartbeat.ts';
import { p2c } from './p2c.ts';
import { random } from './random.ts';

export const lbmethods: readonly LbMethod[] = [
  byrequests,
  bytraffic,
  bybusyness,
  heartbeat,
  random,
  p2c,
];
