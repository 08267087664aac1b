/** Options and help of `validate` and `twin`. */
import { type Command, Option } from 'commander';
import { json, positive, quiet, seed, threads } from './options.ts';

export function addTruth(program: Command): void {
  program
    .command('validate')
    .description("the engine's own audit: theory beside simulation, case by case")
    .option('--only <ids>', 'these cases alone, separated by commas: V07,V28')
    .addOption(
      new Option('--times <n>', 'so many times the requests: sharper')
        .argParser(positive)
        .default(1),
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
      const { validate } = await import('../validate.ts');
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
      const { twin } = await import('../twin.ts');
      await twin(scenario, options);
    });
}
