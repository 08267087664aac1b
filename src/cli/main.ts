#!/usr/bin/env node
/** The `fairlead` command. Each subcommand loads its own modules, so that `--help` is instant. */
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { addConfigurations } from './commands/configuration.ts';
import { addGate } from './commands/gate.ts';
import { addProxy } from './commands/proxy.ts';
import { addReference } from './commands/reference.ts';
import { addReplay } from './commands/replay.ts';
import { addStudies } from './commands/study.ts';
import { addCapacity, addSweep, addWorker } from './commands/sweep.ts';
import { addTruth } from './commands/truth.ts';
import { exitCodeOf, report } from './exit.ts';

const EXIT_CODES = `
Exit codes: 0 done · 1 the answer is no · 2 unusable input · 3 inconclusive
            4 no data, unstable load or truncated run · 5 broken invariant · 130 interrupted`;

const program = new Command('fairlead')
  .description(
    "A policy lab for load balancing: Apache httpd's balancer, in a simulator and as a live proxy.",
  )
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  fairlead compare scenarios/quickstart.yaml               httpd's four lbmethods, with verdicts
  fairlead compare scenarios/quickstart.yaml --out report  the same, and a page with charts
  fairlead run scenarios/node-loss.yaml                    one lbmethod, worker by worker
  fairlead sweep scenarios/quickstart.yaml --vary 'clients.0.arrival.poisson=200/s..600/s:200/s'
  fairlead explain scenarios/quickstart.yaml --request 7   why did request 7 go there?
  fairlead replay access.log --config site.conf            other lbmethods on your own traffic
  fairlead lint scenarios/quickstart.yaml                  what would go wrong
  fairlead lint /etc/apache2/apache2.conf                  the same for your httpd.conf
  fairlead lbmethods                                       how requests can be given out
  fairlead metrics                                         what is measured, and how
  fairlead validate                                        is the simulator right?
  fairlead twin scenarios/quickstart.yaml                  is it, beside the real proxy?
  fairlead proxy site.conf                                 your httpd.conf before real servers
${EXIT_CODES}

'fairlead COMMAND --help' tells more.`,
  );

addStudies(program);
addSweep(program);
addWorker(program);
addCapacity(program);
addReplay(program);
addGate(program);
addConfigurations(program);
addTruth(program);
addReference(program);
addProxy(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return; // the reader has seen enough, as `| head` does; go on to the report
  report(error);
  process.exit(exitCodeOf(error));
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) report(error);
  process.exitCode = exitCodeOf(error);
}
