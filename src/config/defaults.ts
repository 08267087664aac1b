/** What holds where a configuration says nothing: httpd's defaults. */
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import type { DirConf, ServerConf } from './config.ts';

export const serverDefaults = {
  serverName: null,
  aliases: [],
  timeoutNs: 60e9,
  proxyTimeoutNs: null,
  keepAlive: true,
  keepAliveTimeoutNs: 5e9,
  maxKeepAliveRequests: 100,
  limits: { line: 8190, fieldSize: 8190, fields: 100 },
  proxyVia: 'off',
  proxyMaxForwards: -1,
  useCanonicalName: false,
  allowEncodedSlashes: 'off',
  mergeSlashes: true,
} as const satisfies Partial<ServerConf>;

/** Settings of a path for which nothing is said: the outer ones apply. */
export const nothingSaid: DirConf = {
  preserveHost: null,
  addHeaders: null,
  errorOverride: null,
  proxy100Continue: null,
  reverse: [],
  reverseCookieDomain: [],
  reverseCookiePath: [],
  headers: [],
  requestHeaders: [],
  env: [],
  require: null,
  auth: null,
  handler: null,
  requestBodyLimit: null,
};

/**
 * Where balancers survive a stop and a start: in the runtime folder, named after the configuration and where it is, as
 * several of one name may share the folder.
 */
export function stateFileIn(folder: string, file: string): string {
  const where = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 8);
  return join(folder, `${basename(file)}.${where}.state`);
}
