/**
 * A worked example is a transcript of real httpd: members, then one line per request or event, each with the
 * state after it. `replay` reads only what was *done* in each line, does it to the core, and writes the
 * transcript anew; an example holds when both are the same text.
 *
 *   `5 req   Bx C  200 changed  lb 0 -100 100 busy 0 0 0 [B:E]`
 *      B was tried and failed, C served (`-`: nobody did), the client saw 200 and the route-changed mark,
 *      then lbstatus and busy of A, B, C, and the flags of B.
 */
import { statusLetters } from '../../../src/core/index.ts';
import { type Ask, parameters, type Seen, World, workerConfig } from './world.ts';

const nameOf = (worker: number) => 'ABCDE'[worker];
const rowOf = (name: string) => 'ABCDE'.indexOf(name);

/** Lines of a transcript, blanks and remarks in parentheses evened out. */
export function linesOf(transcript: string): string[] {
  const lines = transcript.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
  return lines.filter((line) => line !== '');
}

/** The transcript as the core plays it. */
export function replay(transcript: string): string[] {
  const [head, ...lines] = linesOf(transcript);
  const world = worldOf(head);
  const held = new Map<string, Seen>();
  const elected = world.balancer.workers.elected.map(() => 0);
  const played = lines.map((line) => {
    const done = play(world, held, elected, line);
    return [done, ...shownState(world, line)].join(' ');
  });
  if (held.size === 0 && world.balancer.workers.busy.some((busy) => busy !== 0)) {
    played.push('busy is not zero after the last request');
  }
  if (elected.some((count, worker) => count !== world.balancer.workers.elected[worker])) {
    played.push('elected does not count every try');
  }
  return [head, ...played];
}

/** `Members: A retry=2; B. Balancer: forcerecovery=Off.` */
function worldOf(head: string): World {
  const [, members, balancer] = /^Members: (.*)\. Balancer: (.*)\.$/.exec(head) ?? [];
  const { lbmethod, stickysession, ...set } = parameters(balancer);
  return new World({
    workers: members.split('; ').map(workerConfig),
    ...(lbmethod === undefined ? {} : { lbmethod }),
    ...(stickysession === undefined ? {} : { stickysession }),
    maxattempts: set['maxattempts'] === undefined ? null : Number(set['maxattempts']),
    nofailover: set['nofailover'] === 'On',
    forcerecovery: set['forcerecovery'] !== 'Off',
    failontimeout: set['failontimeout'] === 'On',
    failonstatus: set['failonstatus']?.split(',').map(Number) ?? [],
  });
}

function play(world: World, held: Map<string, Seen>, elected: Uint32Array, line: string): string {
  const event = /^-- (.*)$/.exec(line);
  if (event) return playEvent(world, event[1]);
  const [, number = '', label] =
    /^(\d+ )?(req|slow|(?:open|close|POST|body) \w+|route=\w*|BE says \d+) /.exec(line) ?? [];
  if (label === undefined) throw new Error(`unreadable line: ${line}`);
  const [verb, operand] = label.split(/ (?=\w+$)/);
  if (verb === 'close') {
    const seen = held.get(operand)!;
    held.delete(operand);
    world.answer(seen, {});
    return `${label} ${nameOf(seen.tries.at(-1)!)} ${seen.status}`;
  }
  const ask = askOf(label);
  const seen = verb === 'open' ? world.open(ask) : world.request(ask);
  if (verb === 'open') held.set(operand, seen);
  for (const worker of seen.tries) elected[worker]++;
  const tries = seen.tries.map((worker, i) => {
    return seen.served && i === seen.tries.length - 1 ? nameOf(worker) : `${nameOf(worker)}x`;
  });
  if (!seen.served) tries.push('-');
  const answer = verb === 'open' ? [] : [seen.status, ...(seen.changed ? ['changed'] : [])];
  return [`${number}${label}`, ...tries, ...answer].join(' ');
}

/** Sizes are those of the client and the server that the transcripts were taken with. */
function askOf(label: string): Ask {
  const plain = { sentBytes: 190, bodyBytes: 3 };
  const [, verb, operand = ''] = /^(route=|BE says|\w+) ?(\w*)$/.exec(label) ?? [];
  if (verb === 'slow') return { ...plain, slow: true };
  if (verb === 'BE says') return { ...plain, status: Number(operand) };
  if (verb === 'POST') return { ...plain, sentBytes: Number(operand) + 214 };
  if (verb === 'body') return { sentBytes: 189 + operand.length, bodyBytes: Number(operand) };
  if (verb !== 'route=') return plain;
  return { ...plain, route: operand, sentBytes: 190 + `Cookie: S=x.${operand}\r\n`.length };
}

function playEvent(world: World, event: string): string {
  const echo = `-- ${event.replace(/ ->.*/, ' ->')}`;
  const { balancer } = world;
  const [word, ...rest] = event.split(' ');
  if (word === 'manager:') {
    manage(world, event.slice('manager: '.length).replace(/ ->.*/, ''));
    balancer.sync(); // the result page looks
  } else if (event.endsWith('goes down')) world.down.add(rowOf(word));
  else if (event.endsWith('is back')) world.down.delete(rowOf(word));
  else if (rest.join(' ').startsWith('s later')) world.nowNs += Number(word) * 1e9;
  else throw new Error(`unreadable event: ${event}`);
  return echo;
}

function manage({ balancer }: World, change: string): void {
  const [verb, operand] = change.split(' ');
  const [, name, factor] = /^factor of (\w) := (.*)$/.exec(change) ?? [];
  if (name) balancer.manageWorker(rowOf(name), { loadfactor: Number(factor) });
  else if (verb === 'disable' || verb === 'enable') {
    balancer.manageWorker(rowOf(operand), { status: { D: verb === 'disable' } });
  } else balancer.manage(parameters(change));
}

/** The columns that the line shows, and all flags. */
function shownState({ balancer: { workers, views } }: World, line: string): string[] {
  if (!/ lb | tx | rx | busy /.test(line)) return [];
  const columns = [
    ['lb', workers.lbstatus],
    ['busy', workers.busy],
    ['tx', workers.transferred],
    ['rx', workers.read],
  ] as const;
  const count = views.workers[0];
  const shown = columns
    .filter(([name]) => line.includes(` ${name} `))
    .map(([name, column]) => `${name} ${column.slice(0, count).join(' ')}`);
  const flags = [...workers.status.slice(0, count)]
    .map((bits, worker) => `${nameOf(worker)}:${statusLetters(bits)}`)
    .filter((text) => text.length > 2);
  return flags.length > 0 ? [...shown, `[${flags.join(' ')}]`] : shown;
}
