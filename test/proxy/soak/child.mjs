/**
 * The proxy alone in a process, so that its memory can be read. Argument: its configuration. Needs `--expose-gc` and
 * the built `dist`. Says `{ port }`; to each message it answers with a `report`; ends when its parent does.
 */
import { loadHttpd } from '../../../dist/src/config/httpd.js';
import { startProxy } from '../../../dist/src/proxy/proxy.js';

const proxy = await startProxy(loadHttpd(process.argv[2]));

const faults = [];
process.on('unhandledRejection', (reason) => faults.push(`unhandled rejection: ${reason}`));
process.on('uncaughtException', (error) => faults.push(`uncaught: ${error.stack}`));
process.on('warning', (warning) => faults.push(`warning: ${warning.message}`));

/** Waits until the last clients' connections are gone, then tells what is left. */
async function report() {
  for (let tries = 0; tries < 100 && proxy.open > 0; tries++) await pause(50);
  await pause(200);
  globalThis.gc();
  globalThis.gc();
  const [{ balancer }] = proxy.balancers.values();
  return {
    open: proxy.open,
    balanced: proxy.balanced,
    busy: [...balancer.workers.busy],
    elected: [...balancer.workers.elected],
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage().rss,
    handles: tally(process.getActiveResourcesInfo()),
    faults,
  };
}

/** How many of each kind. */
function tally(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

process.on('message', async () => process.send(await report()));
process.on('disconnect', () => process.exit());
process.send({ port: proxy.addresses[0].port });
