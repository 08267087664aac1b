/** Options and help of `replay`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { json, out, quiet, seed, threads } from './options.ts';

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('what if the traffic of a real access log met another lbmethod')
    .argument('<accesslog>', 'an access log, plain or .gz; - for stdin')
    .requiredOption(
      '--config <config>',
      'whose balancer it is put through: a scenario or a YAML of a proxy, or an httpd.conf (any other name)',
    )
    .option('--balancer <name>', 'which one of a configuration that has several')
    .option(
      '--lbmethod <list>',
      "lbmethods ('fairlead lbmethods') or paths to modules, separated by commas (default: httpd's four)",
    )
    .option(
      '--format <format>',
      "the LogFormat that wrote the log, or common, combined, vhost_combined, json (fairlead proxy's own)",
    )
    .option('--session <item>', 'the item of the format that tells sessions apart')
    .option(
      '--service <dist>',
      "service times, as in a scenario; or backends: the scenario's own (default: the log's, else backends)",
    )
    .addOption(
      new Option(
        '--slots <n>',
        "requests that each backend serves at once (default: the scenario's, else max of the member)",
      ).argParser(whole),
    )
    .addOption(
      new Option('--speed <factor>', '2 plays the log in half the time').argParser(positiveNumber),
    )
    .addOption(
      new Option(
        '--replications <n>',
        "how often the log is replayed (default: the scenario's, else 10)",
      ).argParser(whole),
    )
    .addOption(out)
    .addOption(json)
    .addOption(seed)
    .addOption(threads)
    .addOption(quiet)
    .addHelpText(
      'after',
      `
The requests come at the times of the log (entries of one second are spread over it), with its sizes
and paths, and go through the workers, load factors, routes, stickysession and time-outs of CONFIG.
Clients wait for ever and do not try again: what they did is in the log. Events and faults of a
scenario happen, counted from the first request; its clients and run times are left aside.

Format  common or combined, unless --format or a CustomLog of CONFIG with the log's name says more.
        The best to have is one with exact times, service times and sessions:
          LogFormat "%h %l %u %{usec}t \\"%r\\" %>s %b %D \\"%{JSESSIONID}C\\"" replay
        Lines that do not fit are left out, shown and counted; there must be one that does.
Sessions are told apart by the cookie or path parameter of stickysession where the format has it
        (%{NAME}C, %{Cookie}i, %{Set-Cookie}o, the URL), else by client address; --session names
        another item. A value that is a route alone, such as .node1, tells no sessions apart.
Service times are what %D, %{us}T, %{ms}T or decimals of %T say. Such a time holds what the request
        waited when it was logged, so that it is an upper bound of the work: loads and sojourn times
        come out rather too high. Each request brings its own time along to whatever worker it gets.
        Whole seconds (%T) say nothing of times below one; --service or backends do then.
The log is one and the same in every replication. Intervals tell what chance adds to it: where in
        its second a request came, what the log does not say, draws of lbmethods; not how another
        day would differ.

Examples:
  fairlead replay access.log.1.gz --config site.conf --slots 16 --service '{ exponential: 20ms }'
  fairlead replay access.log --config site.conf --balancer shop --slots 16 \\
    --format '%h %l %u %t "%r" %>s %b %D' --lbmethod byrequests,bybusyness,p2c
  fairlead replay access.log --config scenarios/production.yaml --speed 2 --out report
  grep ' /shop/' access.log | fairlead replay - --config scenarios/production.yaml

Exit codes: 0 done · 2 unusable · 4 no data, unstable load or truncated run
            5 broken invariant · 130 interrupted`,
    )
    .action(async (log, options) => {
      const { replay } = await import('../replay/replay.ts');
      await replay(log, options);
    });
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0, such as 2.');
}
