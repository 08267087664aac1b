/** Options and help of `proxy`. */
import { type Command, Option } from 'commander';
import { define, positive, quiet, VARIABLES } from './options.ts';

export function addProxy(program: Command): void {
  program
    .command('proxy')
    .description('the balancer in front of real servers: reads an httpd.conf and listens')
    .argument('<config>', 'an httpd.conf, or the same as YAML (.yaml, .yml, .json)')
    .option('--watch', 'take over the configuration whenever its files change')
    .addOption(define)
    .addOption(
      new Option('--threads <n>', 'threads that serve (default: all processors)').argParser(
        positive,
      ),
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
      const { proxy } = await import('../proxy.ts');
      await proxy(config, options);
    });
}
