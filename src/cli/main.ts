#!/usr/bin/env node
/** The `fairlead` command. Each subcommand loads its own modules, so that `--help` is instant. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../version.ts';
import { exitCodeOf, report } from './exit.ts';
import { addReplay } from './replay-command.ts';
import { addCapacity, addSweep, addWorker } from './sweep-commands.ts';

const EXIT_CODES = `
Exit codes: 0 done · 1 the answer is no · 2 unusable input · 3 inconclusive
            4 no data, unstable load or truncated run · 5 broken invariant · 130 interrupted`;

const VARIABLES = `\${NAME} in it is what Define or the environment says; Debian's names come from
. /etc/apache2/envvars in the same shell.`;

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

const seed = new Option('--seed <seed>', "another seed than the scenario's");
const json = new Option('--json', 'print the result document and nothing else on stdout');
const quiet = new Option('-q, --quiet', 'no notes and no progress on stderr');
const out = new Option('--out <dir>', 'write the report there: index.html, charts, JSON and CSV');
const define = new Option('-D, --define <name>', 'a name for <IfDefine>; may be repeated')
  .argParser((name, before: string[] = []) => [...before, name])
  .default([], 'none');
const threads = new Option('--threads <n>', 'threads to simulate on (default: all processors)');
threads.argParser(positive);

program
  .command('compare')
  .description('the same traffic for several lbmethods: differences, intervals, verdicts')
  .argument('<scenario>', 'a scenario file (YAML)')
  .option(
    '--lbmethod <list>',
    "lbmethods ('fairlead lbmethods') or paths to modules, separated by commas (default: httpd's four)",
  )
  .addOption(out)
  .addOption(json)
  .addOption(seed)
  .addOption(threads)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
The first lbmethod of the list, else the scenario's own, is the baseline. With a list of one,
the scenario's own is compared with it. Every lbmethod gets the same arrivals and the same work.`,
  )
  .action(async (scenario, options) => {
    const { compare } = await import('./compare.ts');
    await compare(scenario, options);
  });

program
  .command('run')
  .description('one lbmethod: metrics with intervals, worker by worker')
  .argument('<scenario>', 'a scenario file (YAML)')
  .option(
    '--lbmethod <name>',
    "an lbmethod ('fairlead lbmethods') or a path to a module, instead of the scenario's",
  )
  .addOption(out)
  .addOption(json)
  .addOption(seed)
  .addOption(threads)
  .addOption(quiet)
  .action(async (scenario, options) => {
    const { run } = await import('./run.ts');
    await run(scenario, options);
  });

addSweep(program, { json, quiet, seed, threads });
addWorker(program, { json, quiet, seed, threads });
addCapacity(program, { json, out, quiet, seed, threads });
addReplay(program, { json, out, quiet, seed, threads });

program
  .command('check')
  .description('the CI gate: fails when routing got less fair or slower, and never otherwise')
  .argument('<scenario...>', 'scenario files (YAML)')
  .option(
    '--baseline <file>',
    'the baselines: a file for all, or a folder with one each (default: baselines/ beside the scenario)',
  )
  .option('--update', 'write the baselines anew and show what moved')
  .option(
    '--against <what>',
    'compare with git:REF, or with another scenario, httpd.conf or lbmethod module, in the same run',
  )
  .option('--exact', 'every decision must be the same: no change of behaviour is meant')
  .option('--allow-inconclusive', 'what is too close to tell is no failure')
  .option('--junit <file>', 'write JUnit XML')
  .option('--github', "print annotations on the scenario's lines, for GitHub Actions")
  .option('--markdown <file>', 'write a summary, and its chart beside it')
  .option('--bencher <file>', 'write Bencher Metric Format')
  .option('--out <dir>', 'write all of these there')
  .addOption(json)
  .addOption(seed)
  .addOption(threads)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
A scenario is held to its expect lines, to its baseline within the margins written there, and to
what must hold without statistics. All that a run decides is wrong by chance in at most 1 % of the
runs; what is undecided gets more replications, up to four times run.replications.

Examples:
  fairlead check scenarios/*.yaml --update           write baselines; commit them
  fairlead check scenarios/*.yaml --junit check.xml  in CI
  fairlead check shop.yaml --against git:main        the same policy files before this branch

Exit codes: 0 passed · 1 failed · 2 unusable input · 3 inconclusive
            4 no data, unstable load or truncated run · 5 broken invariant`,
  )
  .action(async (scenarios, options) => {
    const { check } = await import('./check/check.ts');
    await check(scenarios, options);
  });

program
  .command('init')
  .description('a first scenario, its baseline and a CI workflow to start from')
  .argument('[dir]', 'where to write them', '.')
  .option('--httpd <file>', 'take the balancer of this httpd.conf')
  .addOption(quiet)
  .addHelpText('after', '\nAsks nothing; overwrites nothing.')
  .action(async (dir, options) => {
    const { init } = await import('./init/init.ts');
    await init(dir, options);
  });

program
  .command('explain')
  .description(
    'the decision log: every worker, eligible or why not, and who was elected by which rule',
  )
  .argument('<config>', 'a scenario (.yaml, .yml, .json), or an httpd.conf (any other name)')
  .option('--balancer <name>', 'which one of an httpd.conf that has several')
  .option(
    '--lbmethod <name>',
    "an lbmethod ('fairlead lbmethods') or a path to a module, instead of the scenario's",
  )
  .addOption(
    new Option('--request <n>', 'only request number n, counted from 1').argParser(positive),
  )
  .option('--at <time>', 'from the first request at or after this time, for example 3m')
  .addOption(
    new Option('--count <n>', 'how many requests to explain').argParser(positive).default(10),
  )
  .addOption(json)
  .addOption(seed)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
The run starts empty, without warm-up; times are those of the events. An httpd.conf says nothing of
traffic: one request a second, each answered before the next, shows whom its rules elect in turn.

Examples:
  fairlead explain scenarios/node-loss.yaml --at 61s --count 1
  fairlead explain scenarios/production.conf`,
  )
  .action(async (scenario, options) => {
    const { explain } = await import('./explain.ts');
    await explain(scenario, options);
  });

program
  .command('validate')
  .description("the engine's own audit: theory beside simulation, case by case")
  .option('--only <ids>', 'these cases alone, separated by commas: V07,V28')
  .addOption(
    new Option('--times <n>', 'so many times the requests: sharper').argParser(positive).default(1),
  )
  .addOption(new Option('--seed <seed>', 'where chance starts').default('1'))
  .addOption(json)
  .addOption(threads)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
Queues whose answer is known in closed form (M/M/1, M/M/c, M/G/1, processor sharing, loss, round
robin, power of two, rates that change), and runs that must agree request by request.

Exit codes: 0 all checks pass · 1 some do not`,
  )
  .action(async (options) => {
    const { validate } = await import('./validate.ts');
    await validate(options);
  });

program
  .command('twin')
  .description('does the simulator tell the truth? one scenario simulated and live, side by side')
  .argument('<scenario>', 'a scenario file (YAML)')
  .addOption(
    new Option(
      '--seconds <n>',
      'length of the live run, in real time (default: 10, or the scenario)',
    ).argParser(positive),
  )
  .option(
    '--lbmethod <name>',
    "an lbmethod ('fairlead lbmethods') or a path to a module, instead of the scenario's",
  )
  .option('--out <dir>', 'write result.json there')
  .addOption(json)
  .addOption(seed)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
Live is the proxy itself in front of a server for each worker, over sockets on 127.0.0.1, at ports
that the system gives. Its clients send the very requests of a simulated replication, each when it
is due, whatever has become of those before; latencies count from then. Its backends have the
scenario's slots, queues, service times, sizes, errors and events. Other replications, simulated
alone, show how far one run lies from another by chance, and the live run is held to that.

Both arms start empty and run the first 10 s; --seconds runs more. What the path through sockets
and proxy took itself is told beside, and times may be longer by that. Wants an idle machine with
two processors, and backends that take some milliseconds: where the path takes more than half of the
median, nothing is proved. Silent networks (blackhole, partition), mode: tcp, heartbeats and methods
that hash addresses are not supported yet, and refused.

Examples:
  fairlead twin scenarios/quickstart.yaml
  fairlead twin scenarios/quickstart.yaml --lbmethod p2c
  fairlead twin scenarios/node-loss.yaml --seconds 90      through its crash at 60 s

Exit codes: 0 they agree · 1 they differ · 2 unusable, or not supported yet
            3 inconclusive: the machine was too slow to tell`,
  )
  .action(async (scenario, options) => {
    const { twin } = await import('./twin.ts');
    await twin(scenario, options);
  });

program
  .command('lint')
  .description('every problem of a configuration with its line, predicted shares, and traps')
  .argument('<config>', 'a scenario (.yaml, .yml, .json), or an httpd.conf (any other name)')
  .addOption(define)
  .addOption(json)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
An httpd.conf is read with everything it includes: its traps, the shares of every balancer, and
what was ignored.
${VARIABLES}

Examples:
  fairlead lint scenarios/production.yaml
  fairlead lint scenarios/production.conf
  (. /etc/apache2/envvars; fairlead lint /etc/apache2/apache2.conf)

Exit codes: 0 no errors, perhaps warnings · 1 errors found · 2 cannot be read or used`,
  )
  .action(async (config, options) => {
    const { lint } = await import('./lint.ts');
    await lint(config, options);
  });

program
  .command('metrics')
  .description('the metrics there are: unit, which way is better, margin, formula, noise floor')
  .argument('[name]', 'one of them')
  .addOption(json)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
m requests (S sessions) over n workers with target shares p. What chance alone makes of a metric is
what it is when each request goes to a worker picked at random, independently of the others.

Examples:
  fairlead metrics
  fairlead metrics fairness.jain`,
  )
  .action(async (name, options) => {
    const { metrics } = await import('./metrics.ts');
    metrics(name, options);
  });

program
  .command('lbmethods')
  .description('the lbmethods there are: their sources, variants, tie rules and parameters')
  .argument('[name]', 'one of them, or of the modifiers, shown in full')
  .addOption(json)
  .addOption(quiet)
  .addHelpText(
    'after',
    `
Parameters are set in a scenario, such as lbmethod: { p2c: { choices: 3 } }; --lbmethod takes a
name alone and means the defaults. Modifiers are laid over any lbmethod by a line of the balancer.

Examples:
  fairlead lbmethods p2c
  fairlead lbmethods slowstart`,
  )
  .action(async (name, options) => {
    const { lbmethods } = await import('./lbmethods.ts');
    lbmethods(name, options);
  });

program
  .command('proxy')
  .description('the balancer in front of real servers: reads an httpd.conf and listens')
  .argument('<config>', 'an httpd.conf, or the same as YAML (.yaml, .yml, .json)')
  .option('--watch', 'take over the configuration whenever its files change')
  .addOption(define)
  .addOption(
    new Option('--threads <n>', 'threads that serve (default: all processors)').argParser(positive),
  )
  .addOption(quiet)
  .option(
    '--admin <address>',
    'where to ask for /metrics, /ready, /live, /status and /balancer-manager, or off; by default 127.0.0.1:9480 unless the configuration has such a page',
  )
  .option(
    '--shadow <lbmethod>',
    'lets a second lbmethod decide beside the first one, without effect, and tells at the end how they differ (all threads together)',
  )
  .addHelpText(
    'after',
    `
stdout says where it listens and who stands behind it; stderr has warnings and what was ignored.
An error ends it before it listens.

Its threads share the state of every balancer, so that requests are given out as by one; each has
connections of its own, and max of a member is for each. One that dies is replaced.

SIGHUP has the configuration read again. If anything is wrong with it, it is refused with all the
reasons and the old one goes on; else new requests go by it, those under way end as they began, and
clients keep their connections. Members that stay keep their state with BalancerPersist On; over a
stop and a start, too, in a file CONFIG.HASH.state in the folder that DefaultRuntimeDir names.
SIGTERM and SIGINT (Ctrl-C) stop listening and let requests under way finish, for at most 30 s
(GracefulShutdownTimeout); a second one ends at once. SIGUSR1 opens the logs anew.
${VARIABLES}

Example, two servers behind one address (site.conf):
  Listen 127.0.0.1:18080
  <Proxy "balancer://mycluster">
    BalancerMember "http://127.0.0.1:19001"
    BalancerMember "http://127.0.0.1:19002"
  </Proxy>
  ProxyPass "/" "balancer://mycluster/"

  fairlead lint site.conf       what would go wrong
  fairlead proxy site.conf

Exit codes: 0 ended by a signal · 2 the configuration or an address of it cannot be used`,
  )
  .action(async (config, options) => {
    const { proxy } = await import('./proxy.ts');
    await proxy(config, options);
  });

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

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
