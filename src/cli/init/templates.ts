/** What `fairlead init` writes: as short as can be, with a comment where somebody will want to change something. */

/** The parts that differ: YAML blocks, each ending in a newline. */
export interface Parts {
  readonly balancer: string;
  readonly backends: string;
  readonly isSticky: boolean;
}

export function scenarioText({ balancer, backends, isSticky }: Parts): string {
  return `# What your balancer is held to on every change. Try it: fairlead run shop.yaml
name: shop
description: Visitors with sessions on the balancer of this repository.
seed: 1
run: { duration: 60s, warmup: 10s, replications: 10 } # a gate looks at 10, 20, then 40 replications
${balancer}backends: # measure yours: slots are requests served at once, service is the time of one alone
${backends}clients:
  - name: visitors
    arrival: { poisson: 20/s } # new sessions a second; a load of about two thirds is a good start
    session: { requests: { geometric: 5 }, think: { exponential: 2s }, sticky: ${isSticky ? 'cookie' : 'none'} }
expect: # plain promises; the baseline beside guards everything else against getting worse
  - errors.rate <= 0.1%
  - sojourn.p99 <= 1s
`;
}

const balancer = `balancer: # or, for an httpd.conf: { httpd: ./httpd.conf }
  lbmethod: byrequests # try others: fairlead compare shop.yaml
  stickysession: ROUTEID
  workers:
    - { name: a, route: a, loadfactor: 2, backend: large }
    - { name: b, route: b, backend: small }
    - { name: c, route: c, backend: small }
`;

const backends = `  large: { slots: 8, service: { lognormal: { mean: 60ms, cv: 1 } }, rtt: 1ms }
  small: { slots: 4, service: { lognormal: { mean: 60ms, cv: 1 } }, rtt: 1ms }
`;

export const plain: Parts = { balancer, backends, isSticky: true };

/** `scenario`: path from the root of the repository. */
export function workflowText(scenario: string): string {
  return `# Fails a pull request that makes routing less fair or slower. Needs no server: everything is simulated.
name: fairlead
on: [pull_request]
permissions: { contents: read }
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 } # so that --against git:REF finds the other revision
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: npx --yes fairlead check ${scenario} --github --junit check.xml --markdown check.md
      - if: always()
        run: cat check.md >> "$GITHUB_STEP_SUMMARY"
`;
}
