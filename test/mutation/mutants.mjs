/** Small faults of the core, one idea each: in `file` below src/core, `find` (which occurs once) becomes `replace`. */
const of = (file, ...rows) => rows.map(([find, replace, why]) => ({ file, find, replace, why }));

export const mutants = [
  ...of(
    'candidates.ts',
    [
      'if (!(bits & status.E) || bits & status.S) return false;',
      'if (!(bits & status.E)) return false;',
      'a stopped worker is retried',
    ],
    [
      'nowNs > workers.errorTimeNs[worker] + workers.retryNs[worker]',
      'nowNs >= workers.errorTimeNs[worker] + workers.retryNs[worker]',
      'retry one instant early',
    ],
    [
      'if (!elapsed && !(bits & status.I)) return false;',
      'if (!elapsed) return false;',
      'flag I ignored by the retry test',
    ],
    ['workers.retries[worker]++;', '', 'retries not counted'],
    [
      'workers.status[worker] &= ~status.E;\n  balancer.candidatesFresh[0] = 0;',
      'workers.status[worker] &= ~status.E;',
      'candidates not found again after an error was lifted',
    ],
    [
      'workers.status[worker] |= status.E;\n  workers.errorTimeNs[worker] = nowNs;\n  balancer.candidatesFresh[0] = 0;',
      'workers.status[worker] |= status.E;\n  workers.errorTimeNs[worker] = nowNs;',
      'candidates not found again after an error',
    ],
    [
      'workers.errorTimeNs[worker] = nowNs;\n  balancer',
      'balancer',
      'the time of an error not noted',
    ],
    [
      '(lowest === NONE || lbset[worker] < lowest)',
      '(lowest === NONE || lbset[worker] > lowest)',
      'the highest set first',
    ],
    ['lbset[worker] > after &&', 'lbset[worker] >= after &&', 'a set is never left'],
    ['if (!reserve) out++;\n', '', 'no spare for a drained worker'],
    [
      'if (bits[worker] & status.N) {\n      if',
      'if (false) {\n      if',
      'drained workers elected',
    ],
    ['else out++;\n  }\n  const spares', '}\n  const spares', 'no spare for a broken worker'],
    [
      '(bits[worker] & SPARE_OR_STANDBY) === status.H',
      '(bits[worker] & status.H) !== 0',
      'spares stand by too',
    ],
    [
      'if (endsNs < balancer.candidatesUntilNs[0])',
      'if (endsNs > balancer.candidatesUntilNs[0])',
      'the latest retry time wakes the walk',
    ],
    ['count - offered < most', 'count - offered <= most', 'a spare too many'],
    [
      'if (method.considers && !method.considers(methodState, worker)) continue;',
      '',
      'workers of silent hosts considered',
    ],
    [
      'if (isReserve(worker) && usable(workers, worker))',
      'if (isReserve(worker))',
      'unusable reserves elected',
    ],
  ),
  ...of(
    'exchange.ts',
    ['row.tries <= balancer.maxattempts', 'row.tries < balancer.maxattempts', 'a try less'],
    ['row.tries++;', 'row.tries = 1;', 'tries not counted'],
    [
      'status < 500, nowNs - row.pickedNs',
      'status <= 500, nowNs - row.pickedNs',
      '500 is a success to lbmethods',
    ],
    ['if (row.worker !== NONE) this.balancer.release(row.worker);', '', 'busy not given back'],
    ['this.balancer.release(charge.worker);', '', 'busy of earlier tries not given back'],
    ['if (outcome.marksError) balancer.fail(worker, nowNs);', '', 'failed connections mark nobody'],
    [
      'outcome.failsOver && !usable(balancer.workers, worker)',
      'outcome.failsOver',
      'failover away from usable workers',
    ],
    [
      'if (timedOut || balancer.failsOn(status)) balancer.fail(worker, nowNs);',
      'if (timedOut) balancer.fail(worker, nowNs);',
      'failonstatus ignored',
    ],
    [
      'outcome.timedOut && balancer.views.failontimeout[0] === 1',
      'outcome.timedOut',
      'every time-out marks',
    ],
    ['slots.inUse < max', 'slots.inUse <= max', 'a connection too many'],
    ['slots.inUse--;\n      return;', 'return;', 'slots never given back'],
    [
      'if (slots.tail === NONE) slots.head = id;\n    else this.#rows[slots.tail].next = id;\n    slots.tail = id;',
      'row.next = slots.head;\n    if (slots.tail === NONE) slots.tail = id;\n    slots.head = id;',
      'who waits shortest gets the slot',
    ],
    ['row.status = 503;', 'row.status = 502;', 'another status for nobody'],
    ['outcome.drops ? 0 : status', 'status', 'a dropped connection is answered'],
    [
      'if (this.balancer.routeChanged) row.routeChanged = true;',
      '',
      'clients never learn their route',
    ],
    [
      'fresh ? outcomes.closedEarlyFresh : outcomes.closedEarlyReused',
      'fresh ? outcomes.closedEarlyReused : outcomes.closedEarlyFresh',
      'fresh and reused connections exchanged',
    ],
    [
      'if (worker === NONE && --row.pollsLeft > 0)',
      'if (worker === NONE && row.pollsLeft > 0)',
      'searches for ever',
    ],
  ),
  ...of(
    'balancer.ts',
    [
      'if (worker !== NONE) return this.#stickyHit(worker, routeId);',
      'if (worker !== NONE && workers0(this, worker)) return this.#stickyHit(worker, routeId);\n      function workers0(b: Balancer, w: number) { return b.workers.elected[w] % 100 !== 99; }',
      'one sticky request of a hundred goes elsewhere',
    ],
    ['if (views.nofailover[0]) {', 'if (false) {', 'nofailover ignored'],
    ["this.via = 'nofailover';", "this.via = 'nobody';", 'nofailover waits for a worker'],
    [
      'this.routeChanged = views.stickyCookie[0] > 0;',
      'this.routeChanged = false;',
      'no route is ever given',
    ],
    [
      'nowNs > views.candidatesUntilNs[0]',
      'nowNs > views.candidatesUntilNs[0] + 1e9',
      'retry a second late',
    ],
    [
      'if (busy[worker] > 0) busy[worker]--;',
      'if (busy[worker] > 1) busy[worker]--;',
      'the last busy stays',
    ],
    ['if (!views.forcerecovery[0]) return;', '', 'forcerecovery=off ignored'],
    [
      'if (tryRetry(views, workers, worker, nowNs)) return;\n    }\n    if (!views',
      '}\n    if (!views',
      'recovery forced although a retry is due',
    ],
    [
      'workers.lbstatus[worker] -= total;\n    workers.elected',
      'workers.elected',
      'sticky hits not charged',
    ],
    ['if (!usable(workers, other)) continue;\n', '', 'sticky hits charge the broken'],
    [
      'this.routeChanged = redirected;',
      'this.routeChanged = false;',
      'a redirected client keeps its old route',
    ],
    [
      'if (!inRange(factor, 100, 10_000)) return;',
      'if (!inRange(factor, 0, 10_000)) return;',
      'load factors below 1 from the manager',
    ],
    [
      'return Math.trunc(loadfactor * 100);',
      'return Math.round(loadfactor * 100);',
      'load factors rounded, not cut',
    ],
    [
      'if (!wasUsable && usable(workers, worker)) views.needReset[0] = 1;',
      '',
      'no reset when a worker comes back by hand',
    ],
    [
      'views.maxattempts[0] = config.maxattempts ?? count - 1;',
      'views.maxattempts[0] = config.maxattempts ?? count;',
      'one failover too many by default',
    ],
  ),
  ...of(
    'stickysession.ts',
    [
      'for (const standby of [0, status.H])',
      'for (const standby of [status.H, 0])',
      'standbys of a route first',
    ],
    [
      'tryRetry(balancer, workers, worker, nowNs);\n      if (usable',
      'if (usable',
      'no retry for a routed worker',
    ],
    ['depth >= balancer.workers[0]', 'depth >= 1', 'redirects not followed'],
    [
      '[cookie, path] = bar < 0 ? [value, value]',
      "[cookie, path] = bar < 0 ? [value, '']",
      'one name serves the cookie only',
    ],
    [
      'return at < 0 ? null : value.slice(at + 1);\n}\n\nfunction urlValue',
      'return at < 0 ? null : value.slice(value.lastIndexOf(separator) + 1);\n}\n\nfunction urlValue',
      'the last separator counts',
    ],
    [
      'if (value === null && cookies !== null)',
      'if (cookies !== null)',
      'the cookie wins over the URL',
    ],
  ),
  ...of(
    'health.ts',
    ['if (bits & status.S) return;', '', 'stopped workers checked'],
    [
      '++health.pcount[worker] < health.hcpasses[worker]',
      '++health.pcount[worker] <= health.hcpasses[worker]',
      'a pass too many',
    ],
    [
      '++health.fcount[worker] < health.hcfails[worker]',
      '++health.fcount[worker] <= health.hcfails[worker]',
      'a failure too many',
    ],
    [
      'workers.status[worker] &= ~(status.C | status.E);',
      'workers.status[worker] &= ~status.C;',
      'a passing check leaves the error',
    ],
    [
      'workers.errorTimeNs[worker] = nowNs;\n    if (++health',
      'if (++health',
      'a failed check sets no time',
    ],
  ),
  ...of(
    'status.ts',
    [
      'status.D | status.S | status.E | status.C | status.U | EJECTED',
      'status.S | status.E | status.C | status.U | EJECTED',
      'disabled workers usable',
    ],
    ["set = character === '+';", 'set = true;', 'signs ignored'],
    ['return signAlone ? null : result;', 'return result;', 'a sign alone allowed'],
  ),
  ...of(
    'lbmethods/bybusyness.ts',
    ['inFlight < least ||', 'inFlight <= least ||', 'ties to the later worker'],
    [
      'inFlight === least && now > urgency',
      'inFlight === least && now >= urgency',
      'the last tie the other way',
    ],
    ['lbstatus[best] -= total;', '', 'the elected not charged'],
    ['busy.fill(0, 0, rows); // even', '// even', 'a reset keeps busy'],
  ),
  ...of(
    'lbmethods/bytraffic.ts',
    ['traffic < least', 'traffic <= least', 'ties to the later worker'],
    [
      'Math.floor(transferred[worker] / factor) + Math.floor(read[worker] / factor)',
      'Math.floor((transferred[worker] + read[worker]) / factor)',
      'one division instead of two',
    ],
    ['read.fill(0, 0, rows);', '', 'a reset keeps what was read'],
  ),
  ...of(
    'lbmethods/heartbeat.ts',
    ['const MAX_AGE_NS = 10e9;', 'const MAX_AGE_NS = 11e9;', 'entries live a second longer'],
    ['if (ageNs(hbSeenNs[entry], nowNs) >= MAX_AGE_NS) continue;', '', 'old entries drawn'],
    ['ticket <= end', 'ticket < end', "without httpd's extra ticket"],
    ['Math.trunc(hbReady[entry] / 4)', 'hbReady[entry]', 'idle hosts count in full'],
    ['(openslots + 1) * fraction', 'openslots * fraction', 'the draw ends one earlier'],
  ),
  ...of('lbmethods/random.ts', [
    'while (left >= lbfactor[ids[i]])',
    'while (left > lbfactor[ids[i]])',
    'borders to the earlier worker',
  ]),
  ...of('rng.ts', ['words[2] ^= shifted;', '', 'a step of the generator missing']),
];
