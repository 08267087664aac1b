import type { Place } from '../../config/config.ts';
import type { Context } from '../context.ts';
import { placeIn } from '../places.ts';
import type { RawProxied } from '../schema.ts';
import type { Loose } from '../shape.ts';
import { type Access, resolveAccess } from './require.ts';

/** The page of balancer-manager. */
export interface ManagerPage extends Access {
  readonly path: string;
  readonly place: Place;
}

/** The manager page; null when the file has none. Without anything said it is for this machine alone. */
export function resolveManager(
  raw: Loose<RawProxied['manager']> | undefined,
  context: Context,
): ManagerPage | null {
  if (raw?.path === undefined) return null;
  const { require, auth } = resolveAccess(raw, 'manager', context);
  return {
    path: raw.path,
    place: placeIn(context.document, ['manager', 'path']),
    require: require ?? [{ kind: 'local', negated: false }],
    auth,
  };
}
