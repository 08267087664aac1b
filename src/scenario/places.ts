/**
 * Where what a path names is written. Everything that speaks of a balancer uses the paths of a scenario
 * with one `balancer:`; that balancer may stand under `balancers`, or in an httpd.conf.
 */
import type { BalancerConf, Place } from '../config/config.ts';
import { type Path, pathText, type ScenarioDocument } from './document.ts';

/** A place, and what to call what stands there: `balancer.workers[2].status`. */
export interface Named extends Place {
  readonly path: string;
}

export interface Places {
  /** The value under `path`, or its key; the nearest thing above it when it is not written. */
  at(path: Path, where?: 'key' | 'value'): Named;
  isWritten(path: Path): boolean;
  /** Keys of the map under `path`, in order of the file. */
  keysOf(path: Path): readonly string[];
  /** The value under `path` as its author typed it, without quotes. */
  textOf(path: Path): string | undefined;
}

/** Where the value under `path`, or its key, stands in a YAML file. */
export function placeIn(document: ScenarioDocument, path: Path, where?: 'key' | 'value'): Place {
  const { file, line, column, source } = document.problem('VALUE', path, '', where);
  return { file, line, column, ...(source !== undefined && { source }) };
}

/** In a YAML file whose balancer stands at `root`. */
export function yamlPlaces(document: ScenarioDocument, root: Path): Places {
  const real = (path: Path) => (path[0] === 'balancer' ? [...root, ...path.slice(1)] : path);
  return {
    at: (path, where) => ({
      ...placeIn(document, real(path), where),
      path: pathText(real(path)),
    }),
    isWritten: (path) => document.has(real(path)),
    keysOf: (path) => document.keysOf(real(path)),
    textOf: (path) => document.textOf(real(path)),
  };
}

/** In an httpd.conf: of paths that begin with `balancer`, and of nothing else. */
export function httpdPlaces(balancer: BalancerConf): Places {
  const found = ([, key, index, field]: Path) => {
    const member = key === 'workers' && typeof index === 'number' && balancer.workers[index];
    if (!member) return { owner: balancer, name: `balancer://${balancer.name}`, field: key };
    return { owner: member, name: `BalancerMember ${member.name}`, field };
  };
  const written = (path: Path): Place | undefined => {
    const { owner, field } = found(path);
    return typeof field === 'string' ? owner.written[field.toLowerCase()] : undefined;
  };
  return {
    at: (path) => {
      const { owner, name, field } = found(path);
      const isWhole = field === undefined || field === 'workers';
      return { ...(written(path) ?? owner.place), path: isWhole ? name : `${name} ${field}` };
    },
    isWritten: (path) => written(path) !== undefined,
    keysOf: (path) => Object.keys(found(path).owner.written),
    textOf: (path) => {
      const { source, column } = written(path) ?? {};
      if (source === undefined || column === undefined) return undefined;
      return /^["']?([^\s"'>]*)/.exec(source.slice(column - 1))?.[1];
    },
  };
}

/** In a scenario whose balancer is that of an httpd.conf: the rest stands in the scenario. */
export function bothPlaces(scenario: Places, httpd: Places): Places {
  const where = (path: Path) => (path[0] === 'balancer' ? httpd : scenario);
  return {
    at: (path, at) => where(path).at(path, at),
    isWritten: (path) => where(path).isWritten(path),
    keysOf: (path) => where(path).keysOf(path),
    textOf: (path) => where(path).textOf(path),
  };
}
