/** The sections that httpd decides while it reads: `<IfModule>` and the like. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Modules } from './modules.ts';
import type { Variables } from './variables.ts';

export interface World {
  readonly variables: Variables;
  readonly modules: Modules;
  /** Names that count as known, in lower case, sections with `<` in front; null: nobody can say. */
  readonly directives: ReadonlySet<string> | null;
  serverRoot: string;
}

/** Relative to ServerRoot. */
export function fromServerRoot({ serverRoot }: World, path: string): string {
  return isAbsolute(path) ? join(path) : join(serverRoot, path);
}

/** Whether the section holds for `name`, by the section's name in lower case; null: cannot be said. */
export const conditions: ReadonlyMap<string, (name: string, world: World) => boolean | null> =
  new Map([
    ['ifdefine', (name: string, { variables }: World) => variables.isDefined(name)],
    ['ifmodule', (name: string, { modules }: World) => modules.has(name)],
    ['iffile', (name: string, world: World) => existsSync(fromServerRoot(world, name))],
    ['ifdirective', (name: string, world: World) => knows(world, name)],
    ['ifsection', (name: string, world: World) => knows(world, `<${name}`)],
  ]);

function knows({ directives }: World, name: string): boolean | null {
  return directives === null ? null : directives.has(name.toLowerCase());
}
