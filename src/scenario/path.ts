/** Where something stands in a file: keys, and numbers of list entries from 0. */
export type Path = readonly (string | number)[];

/** `balancer.workers[2].loadfactor`; the whole file for the empty path. */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}

/** Whether `path` is `start` or lies below it. */
export function begins(path: Path, start: Path): boolean {
  return path.length >= start.length && start.every((part, i) => part === path[i]);
}
