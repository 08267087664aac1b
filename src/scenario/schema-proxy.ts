/** The shape of what only a proxy uses: where it listens, what goes where, and its manager page. */
import { z } from 'zod';
import { isNetwork } from '../config/networks.ts';
import { balancer } from './schema-balancer.ts';
import { list, map, name, whole, wholeSeconds } from './schema-parts.ts';
import { pemFile } from './schema-tls.ts';

const addressPhrase = 'an address such as 127.0.0.1:8080, *:8080 or [::1]:8080';
const address = z
  .string(addressPhrase)
  .regex(/^(?:\*|\[[\da-fA-F:.]+\]|[\w.-]+):\d{1,5}$/, addressPhrase)
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, addressPhrase);

const networkPhrase = 'addresses and networks such as [ 10.0.0.0/8, ::1 ]';

const networks = list(networkPhrase, z.string(networkPhrase).refine(isNetwork, networkPhrase));

export const listen = list(
  'a list of places to listen, such as [ { http: 127.0.0.1:8080 } ]',
  map(
    'a place to listen, such as { http: 127.0.0.1:8080 }',
    {
      http: address.describe('HTTP/1.1 in the clear.').optional(),
      https: address.describe('HTTP over TLS.').optional(),
      tcp: address
        .describe('Connections that go as they are to a balancer of workers with tcp: urls.')
        .optional(),
      certificate: pemFile.describe('Certificate chain for https.').optional(),
      key: pemFile.describe('Private key of the certificate.').optional(),
      proxyprotocol: networks
        .describe(
          'Whose connections begin with a header of the PROXY protocol, version 1 or 2; nobody else may connect.',
        )
        .optional(),
      balancer: name
        .describe('Balancer that takes the connections of tcp; may be left out when there is one.')
        .optional(),
    },
    ['udp'],
  ),
).describe('Where a proxy listens; the simulator ignores it.');

const pathPhrase = 'a path such as /app';
const path = z.string(pathPhrase).regex(/^\/[^\s?#]*$/, pathPhrase);
const hostPhrase = 'a host name such as www.example.com';
/** Names and values; what can never be sent would never fit. */
function pairs(expected: string, nameExpected: string, valueExpected: string, value: RegExp) {
  const key = z.string(nameExpected).regex(/^[!#$%&'*+.^_`|~\w-]+$/, nameExpected);
  return z
    .record(key, z.string(valueExpected).regex(value, valueExpected), expected)
    .refine((found) => Object.keys(found).length > 0, expected);
}
const headers = pairs(
  'headers and their values, such as { X-Beta: "1" }',
  'the name of a header, such as X-Beta',
  'the value of a header, without blanks around it (put numbers in quotes)',
  /^(?:[^\p{Cc} ](?:[^\p{Cc}]*[^\p{Cc} ])?)?$/u,
);
const cookies = pairs(
  'cookies and their values, such as { lab: "b" }',
  'the name of a cookie, such as lab',
  'the value of a cookie, without blanks around it or ; (put numbers in quotes)',
  /^(?:[^\p{Cc}; ](?:[^\p{Cc};]*[^\p{Cc}; ])?)?$/u,
);

export const routes = list(
  'a list of routes, such as [ { path: /app, balancer: mycluster } ]',
  map('a route such as { path: /app, balancer: mycluster }', {
    path: path.describe('Requests at or below this path; all of them when missing.').optional(),
    host: z
      .string(hostPhrase)
      .regex(/^[\w.*?-]+$/, hostPhrase)
      .describe('Requests for this host; any host when missing.')
      .optional(),
    header: headers
      .describe('Requests with all of these headers: names in any case, values to the letter.')
      .optional(),
    cookie: cookies
      .describe('Requests with all of these cookies: names and values to the letter.')
      .optional(),
    balancer: name
      .describe('Balancer that serves them; may be left out when there is one.')
      .optional(),
  }),
).describe(
  'What a proxy sends where, the first that fits; everything to the balancer when missing. The path goes on to the backend as it is.',
);

const requirePhrase =
  "httpd's Require, such as ip 127.0.0.1 10.0.0.0/8, local, host example.com, all granted, valid-user, user ann";
const requireLines = list(requirePhrase, z.string(requirePhrase).min(1, requirePhrase));
const realmPhrase = 'a text that browsers show with the question for user and password';
const usersPhrase = 'the path of a file that htpasswd has made';
const users = {
  requireall: requireLines
    .describe('Conditions that all have to hold, beside any of `require`.')
    .optional(),
  authuserfile: z
    .string(usersPhrase)
    .min(1, usersPhrase)
    .describe('Users and their passwords, as htpasswd -5 writes them, for valid-user and user.')
    .optional(),
  authname: z
    .string(realmPhrase)
    .min(1, realmPhrase)
    .describe('What browsers show with the question for user and password.')
    .optional(),
};

export const managerPage = map(
  'a manager page such as { path: /balancer-manager, require: [ ip 127.0.0.1 ] }',
  {
    path: path.describe('Where balancer-manager is shown.'),
    require: requireLines
      .describe(
        'Who may use it: any of these. When missing: each user of `authuserfile`; without one, this machine.',
      )
      .optional(),
    ...users,
  },
).describe('The balancer-manager of a proxy; the simulator ignores it.');

export const adminListener = map('an admin listener such as { listen: 127.0.0.1:9480 }', {
  listen: address.describe('Where /metrics, /ready, /live, /status and /balancer-manager are.'),
  require: requireLines
    .describe(
      'Who may ask for any of them. When missing: each user of `authuserfile`; without one everybody, and this machine alone for /status and /balancer-manager.',
    )
    .optional(),
  ...users,
}).describe('The admin listener of a proxy; the simulator ignores it.');

const headerPhrase = 'the name of a header, such as X-Forwarded-For';
const header = z.string(headerPhrase).regex(/^[!#$%&'*+.^_`|~\w-]+$/, headerPhrase);
export const remoteIp = map(
  'who the client is, such as { header: X-Forwarded-For, trustedproxy: [ 10.0.0.0/8 ] }',
  {
    header: header.describe('The header that says so, read from its end (RemoteIPHeader).'),
    trustedproxy: networks
      .describe('Who may say so; a private address counts only from an internalproxy.')
      .optional(),
    internalproxy: networks
      .describe('Who may say so, of private addresses, too. Looked at before trustedproxy.')
      .optional(),
    proxiesheader: header
      .describe(
        'Takes the trusted proxies on the way (RemoteIPProxiesHeader); none does when missing.',
      )
      .optional(),
  },
).describe('From whom a proxy believes who the client is; the simulator ignores it.');

const logPhrase = 'the path of a log, such as ./access.log';
const logFile = z.string(logPhrase).min(1, logPhrase);
const formatPhrase = 'json, common, combined or a LogFormat of httpd';
const levelPhrase = 'emerg, alert, crit, error, warn, notice, info or debug';
export const logs = map('logs such as { access: ./access.log, format: json }', {
  access: logFile.describe('Where every request is logged.').optional(),
  format: z
    .string(formatPhrase)
    .min(1, formatPhrase)
    .describe('In which words: json, common, combined or a LogFormat. `combined` when missing.')
    .optional(),
  errors: logFile
    .describe('Where it is told what goes wrong; on standard error when missing.')
    .optional(),
  level: z
    .enum(['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'], levelPhrase)
    .describe('How much is told there. `warn` when missing.')
    .optional(),
}).describe('Logs of a proxy; the simulator ignores them.');

export const shutdownTimeout = wholeSeconds(
  'a duration in whole seconds, such as 30s; 0s waits for ever',
  0,
  2e9,
).describe('How long requests under way may take when a proxy ends; 30s when missing.');

export const limits = map('limits of a proxy, such as { connectionsperclient: 50 }', {
  connectionsperclient: whole('a whole number of connections; 0 for any number', 0)
    .describe("Connections that one client's address may have at a time; any number when missing.")
    .optional(),
}).describe('Limits of a proxy; the simulator ignores them.');

const runtimePhrase = 'the path of a folder, such as ./run';
export const runtimeDir = z
  .string(runtimePhrase)
  .min(1, runtimePhrase)
  .describe(
    "Where a proxy keeps the state of balancers with balancerpersist over a stop and a start; the file's own folder when missing.",
  );

const balancersPhrase = 'balancers by name, such as mycluster: { workers: [ … ] }';
export const balancers = z
  .record(name, balancer, balancersPhrase)
  .describe('Balancers by name, instead of one `balancer`. The simulator takes one.');
