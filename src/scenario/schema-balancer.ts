/** The shape of a balancer and its workers, as written. The same names as in httpd (spec: httpd 9.3). */
import { z } from 'zod';
import { proxyProtocolVersions } from '../config/proxy-protocol.ts';
import { lbmethod } from './schema-lbmethod.ts';
import { modifiers } from './schema-modifiers.ts';
import {
  durationOf,
  list,
  map,
  millisecondOrMore,
  name,
  onOff,
  positiveDuration,
  share,
  shortText,
  whole,
  wholeSeconds,
} from './schema-parts.ts';
import { sslProxy } from './schema-tls.ts';

const laterWorkerKeys =
  'enablereuse iobuffersize receivebuffersize responsefieldsize flushpackets flushwait flusher secret'.split(
    ' ',
  );

const factorPhrase = '1 to 100. To take a worker out, set status: +D';
export const loadfactor = z
  .number(factorPhrase)
  .min(1, factorPhrase)
  .lt(100.01, factorPhrase)
  .describe('Share of the work relative to the other workers, 1 to 100; hundredths count.');
export const lbset = whole('a whole number from 0 to 99', 0, 99).describe(
  'Workers of a higher set serve only when no worker of a lower set can.',
);
export const redirect = shortText.describe('Route to use instead when this worker cannot serve.');

const statusPhrase =
  "httpd's status letters D S E C U I H R N with + or -, such as +H; a sign needs a letter after it";

const urlPhrase = 'the URL of a server, such as http://10.0.0.1:8080 or tcp://10.0.0.1:5432';
const upgradePhrase = 'ANY or a protocol such as WebSocket, fewer than 16 characters';
const ttlPhrase = 'a duration in whole seconds of at least 1s';
const hcmethodPhrase = 'NONE, TCP, OPTIONS, HEAD, GET, OPTIONS11, HEAD11 or GET11';
const expressionNamePhrase = 'a name of at most 15 characters';
const expressionName = z.string(expressionNamePhrase).regex(/^\S{1,15}$/, expressionNamePhrase);
const expressionPhrase = "an expression of httpd, such as '%{REQUEST_STATUS} =~ /^[23]/'";
const addressTtlPhrase = '-1, or a duration in whole seconds such as 60s';

/** How a worker's health is checked. */
const checks = {
  hcmethod: z
    .string(hcmethodPhrase)
    .regex(
      /^(?:NONE|TCP|(?:OPTIONS|HEAD|GET)(?:11)?|none|tcp|(?:options|head|get)(?:11)?)$/,
      hcmethodPhrase,
    )
    .describe('How its health is checked; NONE when missing.')
    .optional(),
  hcinterval: durationOf('a duration of at least 100ms, such as 5s', (ns) => ns >= 100e6)
    .describe('From the end of a check to the next; 30s when missing.')
    .optional(),
  hcpasses: whole('a whole number of at least 0', 0)
    .describe('Checks that must pass until it is back; 1 when missing.')
    .optional(),
  hcfails: whole('a whole number of at least 0', 0)
    .describe('Checks that must fail until it is out; 1 when missing.')
    .optional(),
  hcconsecutive: onOff
    .describe(
      'They must pass, and fail, in a row; Off when missing: they add up however long it takes, as in httpd.',
    )
    .optional(),
  hcuri: shortText.describe('What HEAD and GET ask for, appended to the url.').optional(),
  hcexpr: expressionName
    .describe("What an answer must be to pass: an expression of the balancer's hcexpr, by name.")
    .optional(),
};

/** Asked for by `resolveWorkers` where neither it nor `url` is written. */
export const workerNamePhrase = 'name: with a name of its own, or url: with the URL of a server';

/** One BalancerMember. */
export const worker = map(
  'a worker such as { name: a, backend: app, loadfactor: 2 }',
  {
    name: name
      .describe('Name of the worker, unique in its balancer; with url, its route or host:port.')
      .optional(),
    url: z
      .string(urlPhrase)
      .min(1, urlPhrase)
      .describe(
        'Where a proxy reaches the server, tcp: for connections as they are; the simulator takes `backend`.',
      )
      .optional(),
    backend: name
      .describe('Which backend serves it; may be left out when there is one.')
      .optional(),
    loadfactor: loadfactor.optional(),
    lbset: lbset.optional(),
    route: shortText.describe('What a session id ends in to come back to this worker.').optional(),
    redirect: redirect.optional(),
    status: z
      .string(statusPhrase)
      .regex(/^(?:[+-]?[ODSECUIHRNGFodsecuihrngf])+$/, statusPhrase)
      .describe('Flags at the start: D disabled, S stopped, H standby, R spare, N draining.')
      .optional(),
    retry: wholeSeconds('a duration in whole seconds, such as 60s (httpd keeps seconds)', 0, 2e9)
      .describe('How long a worker in error is left alone; 60s when missing.')
      .optional(),
    max: whole('a whole number of at least 0', 0)
      .describe('Connections at once; 0 is unlimited.')
      .optional(),
    acquire: millisecondOrMore
      .describe('How long a request waits for one of `max` connections.')
      .optional(),
    timeout: millisecondOrMore
      .describe(
        'How long the balancer waits for an answer; default 60s, as httpd. With a tcp: url how long both sides may be silent; default 1h.',
      )
      .optional(),
    disablereuse: onOff.describe('A new connection for every request.').optional(),
    connectiontimeout: millisecondOrMore
      .describe(
        'How long a proxy tries to connect; `timeout` when missing, and with a tcp: url 5s.',
      )
      .optional(),
    ping: millisecondOrMore
      .describe('How long a proxy waits for 100-continue before it sends a body.')
      .optional(),
    min: whole('a whole number of at least 0', 0)
      .describe(
        'Places that are set aside for connections. Nothing depends on it: a connection is opened when a request needs one, as in httpd.',
      )
      .optional(),
    smax: whole('a whole number of at least 0', 0)
      .describe('Idle connections above this are closed after ttl; `max` when missing.')
      .optional(),
    ttl: wholeSeconds(ttlPhrase, 1, 2e9)
      .describe('A connection of a proxy that was idle for this long is closed.')
      .optional(),
    keepalive: onOff.describe('TCP keep-alive on connections of a proxy.').optional(),
    upgrade: z
      .string(upgradePhrase)
      .regex(/^\S{1,15}$/, upgradePhrase)
      .describe('Protocol that a client may change to; ANY for all.')
      .optional(),
    proxyprotocol: z
      .enum(proxyProtocolVersions, 'v1 or v2')
      .describe(
        'Connections of a proxy begin with a header of the PROXY protocol that says who the client is, one for every request.',
      )
      .optional(),
    addressttl: z
      .union(
        [
          z.literal(-1, addressTtlPhrase),
          durationOf(addressTtlPhrase, (ns) => ns % 1e9 === 0 && ns <= 2e18),
        ],
        addressTtlPhrase,
      )
      .describe('How long a proxy keeps the address of a host name; -1 for ever.')
      .optional(),
    ...checks,
    hctemplate: name
      .describe("Checks that the balancer's hctemplate has under this name.")
      .optional(),
  },
  laterWorkerKeys,
).meta({ anyOf: [{ required: ['name'] }, { required: ['url'] }] });

/** Asked for by `resolveBalancer`, as `httpd` may stand instead. */
export const workersPhrase = 'a list of workers, such as [ { name: a } ]';
const code = 'status codes from 100 to 599, such as [500, 503]';
const statusCode = whole(code, 100, 599);
const stickyPhrase = 'a name such as JSESSIONID, or COOKIE|path';
const separatorPhrase = 'one character, or Off';
const httpdPhrase = 'the path of an httpd.conf';
const balancerNamePhrase = 'the name of a balancer in the httpd.conf, such as mycluster';
/** Workers and how they are chosen; or the name of an httpd.conf that says so. */
export const balancer = map(
  'a balancer: a map with lbmethod and workers',
  {
    httpd: z
      .string(httpdPhrase)
      .min(1, httpdPhrase)
      .describe(
        'An httpd.conf whose balancer is tried as it is; instead of all other keys but name and modifiers.',
      )
      .optional(),
    name: z
      .string(balancerNamePhrase)
      .min(1, balancerNamePhrase)
      .describe(
        'Which balancer of the httpd.conf; may be left out when it has one. Its workers go by their routes if all have different ones, else by host:port, else by URL; events, expect (workers.NAME.share) and backends name them so. A worker runs on the backend named like it, its host:port or its host, else on the only one or the one named default.',
      )
      .optional(),
    lbmethod: lbmethod
      .describe('How a worker is chosen: a name, { NAME: { parameters } }, or a path to your own.')
      .optional(),
    stickysession: z
      .string(stickyPhrase)
      .regex(/^[^|]/, stickyPhrase)
      .describe('Session cookie and path parameter: NAME, or COOKIE|path.')
      .optional(),
    stickysessionsep: z
      .union(
        [
          z.literal(false, separatorPhrase),
          z.string().regex(/^(?:.|[Oo][Ff][Ff])$/, separatorPhrase),
        ],
        separatorPhrase,
      )
      .describe('What stands before the route in a session id; `.` when missing.')
      .optional(),
    scolonpathdelim: onOff.describe('`;` ends a session id in a path, too.').optional(),
    nofailover: onOff.describe('A session whose worker is lost is answered 503.').optional(),
    timeout: wholeSeconds(
      'a duration in whole seconds of at least 1s; leave it out for no timeout',
      1,
      2e9,
    )
      .describe('How long a request waits for a usable worker.')
      .optional(),
    maxattempts: whole('a whole number of at least 0', 0)
      .describe('Tries after the first; workers - 1 when missing.')
      .optional(),
    failonstatus: z
      .union(
        [
          statusCode,
          z.array(statusCode),
          z.string().regex(/^\s*(?:[1-5]\d\d(?:[\s,]+|$))*$/, code),
        ],
        code,
      )
      .describe('Answers with these codes put the worker in error.')
      .optional(),
    failontimeout: onOff.describe('A timeout puts the worker in error.').optional(),
    forcerecovery: onOff.describe('With every worker in error, try them all at once.').optional(),
    setcookie: onOff
      .describe('A proxy tells clients their route: Set-Cookie NAME=.ROUTE when it changes.')
      .optional(),
    balancerpersist: onOff
      .describe('A reload of a proxy keeps the state of workers; Off when missing.')
      .optional(),
    sslproxy: sslProxy.optional(),
    modifiers: modifiers
      .describe('Rules that httpd lacks, laid over any lbmethod: none when missing.')
      .optional(),
    workers: list(workersPhrase, worker)
      .describe('The BalancerMembers; their order breaks ties.')
      .optional(),
    proxies: whole('a whole number from 1 to 1000', 1, 1000)
      .describe('Balancer instances that share the traffic, each with its own state.')
      .optional(),
    mode: z
      .enum(['http', 'tcp'], 'http or tcp')
      .describe(
        'http: one decision per request; tcp: one per client connection. When missing, tcp for workers with tcp: urls.',
      )
      .optional(),
    heartbeat: map('heartbeats such as { interval: 1s, publish: 5s, loss: 10% }', {
      interval: positiveDuration
        .describe('How often each worker sends; 1s when missing.')
        .optional(),
      publish: positiveDuration
        .describe('How often the monitor publishes what it heard; 5s when missing.')
        .optional(),
      loss: share.describe('Share of heartbeats that get lost; 0 when missing.').optional(),
    })
      .describe('What lbmethods that listen to heartbeats hear.')
      .optional(),
    hcexpr: z
      .record(
        expressionName,
        z.string(expressionPhrase).min(1, expressionPhrase),
        `expressions by name, such as { ok: '%{REQUEST_STATUS} -lt 400' }`,
      )
      .describe('Expressions for health checks by name, as ProxyHCExpr defines them.')
      .optional(),
    hctemplate: z
      .record(
        name,
        map('checks such as { hcmethod: GET, hcinterval: 5s }', checks),
        'templates by name, such as { fast: { hcmethod: GET, hcinterval: 1s } }',
      )
      .describe('Checks by name that workers share; what a worker says itself counts more.')
      .optional(),
    hctpsize: whole('a whole number of at least 0', 0)
      .describe('Health checks of a proxy at once; 16 when missing.')
      .optional(),
  },
  ['growth', 'nonce'],
).meta({ anyOf: [{ required: ['workers'] }, { required: ['httpd'] }] });

export type RawBalancer = z.infer<typeof balancer>;
export type RawWorker = z.infer<typeof worker>;
