/** What a scenario says that cannot be had on loopback yet: refused with its place, all at once. */
import { keyKindOf, type LbMethod } from '../core/index.ts';
import { LabError, type Problem } from '../problems/errors.ts';
import type { PlacedScenario } from '../scenario/parse.ts';
import type { Path } from '../scenario/path.ts';
import type { EventSpec } from '../scenario/scenario.ts';

/**
 * @throws LabError with everything that is not supported yet. `lbmethod`: the one that is to elect; `asked`: the command
 * line names it, and not the scenario.
 */
export function refuseUnlike(
  { scenario, places }: PlacedScenario,
  lbmethod: LbMethod,
  asked: boolean,
): void {
  const problems: Problem[] = [];
  const refuse = (path: Path, what: string, why: string) => {
    const isAsked = asked && path === LBMETHOD;
    const { path: _, ...place } = isAsked ? COMMAND_LINE : places.at(path);
    const message = `${what} is not supported yet by twin: ${why}.`;
    problems.push({
      ...place,
      path: path.join('.'),
      message,
      code: 'NOT_SUPPORTED',
      severity: 'error',
    });
  };
  const { balancer, backends, clients, events, faults } = scenario;
  if (balancer.mode === 'tcp') {
    refuse(
      ['balancer', 'mode'],
      'mode: tcp',
      'its live clients make one HTTP request a connection',
    );
  }
  refuseMethod(
    lbmethod,
    clients.some(({ arrival }) => arrival.kind === 'trace'),
    refuse,
  );
  balancer.workers.forEach(({ name, health }, i) => {
    if (health === null || health.method === 'TCP') return;
    if (health.passing.length === 1 && health.passing[0] === 200) return;
    const why = 'its live checks pass with 200 alone';
    refuse(['balancer', 'workers', i, 'hcexpr'], `hcexpr of ${name}`, why);
  });
  for (const { name, queue, queueFull } of backends) {
    if (queue === null || queueFull === 'answer') continue;
    const why = 'a server on loopback cannot refuse what its kernel has accepted';
    refuse(['backends', name, 'queue'], `a full queue of ${name} that refuses`, why);
  }
  for (const event of events) {
    const why = whyNot(event);
    if (why !== null) refuse(['events'], `${event.kind} at ${event.atNs / 1e9} s`, why);
  }
  if (faults.some(({ kind }) => kind === 'blackhole')) {
    refuse(['faults'], 'blackhole', 'loopback loses no packets');
  }
  if (problems.length > 0) throw new LabError(problems);
}

const LBMETHOD: Path = ['balancer', 'lbmethod'];
const COMMAND_LINE = { file: 'command line', line: 0, column: 0, path: '--lbmethod' };

type Refuse = (path: Path, what: string, why: string) => void;

function refuseMethod(lbmethod: LbMethod, hasTrace: boolean, refuse: Refuse): void {
  const path = LBMETHOD;
  const { name } = lbmethod;
  if (lbmethod.needs === 'load') {
    refuse(path, name, 'it elects by the load that backends report, which only simulated ones do');
  }
  if (lbmethod.heartbeat !== undefined) {
    refuse(path, name, 'its live backends send no heartbeats');
  }
  const key = keyKindOf(lbmethod);
  if (key === 'source') {
    refuse(path, name, 'it elects by the address of clients, and here all have that of loopback');
  } else if (key === 'uri' && hasTrace) {
    refuse(path, name, 'it elects by paths, of which a log that was read leaves only hashes');
  }
}

function whyNot(event: EventSpec): string | null {
  if (event.kind === 'blackhole') return 'loopback loses no packets';
  if (event.kind === 'partition') return 'loopback loses no packets between some and not others';
  if (event.kind !== 'manager' || event.worker !== null) return null;
  const { stickysession, lbmethod } = event.change;
  if (stickysession !== undefined) return 'its live clients know the first stickysession alone';
  const isPlain = lbmethod === undefined || (lbmethod.file === null && lbmethod.set === undefined);
  return isPlain ? null : 'a live balancer switches to lbmethods with their defaults alone';
}
