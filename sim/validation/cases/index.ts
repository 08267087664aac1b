/** The table of cases, for the command and for the tests. */
import type { Case } from '../case.ts';
import { counting } from './counting.ts';
import { dealing } from './dealing.ts';
import { generalService } from './general-service.ts';
import { identities } from './identities.ts';
import { powerOfD } from './power-of-d.ts';
import { routing } from './routing.ts';
import { severalServers } from './several-servers.ts';
import { singleServer } from './single-server.ts';
import { timeVarying } from './time-varying.ts';

export const cases: readonly Case[] = [
  ...singleServer,
  ...severalServers,
  ...generalService,
  ...routing,
  ...powerOfD,
  ...timeVarying,
  ...counting,
  ...dealing,
  ...identities,
];
