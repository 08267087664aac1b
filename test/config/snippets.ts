/** Configurations to judge: parameters with edge values and drawn ones, and every form of the directives. */

/** A small seeded generator (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const whole = [
  '0',
  '1',
  '-1',
  '+1',
  '007',
  '',
  'abc',
  '5x',
  'x5',
  '1e3',
  '1.9',
  '-0',
  '2147483647',
];
const huge = ['2147483648', '4294967296', '-2147483649', '99999999999999999999999'];
const integers = [...whole, ...huge];
const times = [
  ...whole,
  '5s',
  '5ms',
  '5mi',
  '5min',
  '5h',
  '5S',
  '5MS',
  '5m',
  '5d',
  '5 s',
  's',
  'ms',
  '999ms',
  '99ms',
  '100ms',
  '1000ms',
  '1500ms',
];
const flags = ['on', 'ON', 'off', 'Off', '1', '0', 'yes', 'true', '', 'onn'];
const long = (length: number) => 'r'.repeat(length);

const memberValues: Readonly<Record<string, readonly string[]>> = {
  loadfactor: [
    '1',
    '100',
    '100.009',
    '100.01',
    '0.99',
    '0.999',
    '1.15',
    '1e1',
    '1e2',
    '1e3',
    '5,5',
    '0x10',
    '0x1p3',
    'inf',
    'nan',
    '.5',
    '1.',
    '',
    'abc',
    '-1',
    '+2',
  ],
  lbset: [...integers, '99', '100'],
  route: ['', 'a', long(63), long(64), 'a.b', 'é'],
  redirect: ['', 'a', long(63), long(64)],
  status: [
    '',
    '+',
    '-',
    '+H',
    '-H',
    'H',
    'h',
    '+HD',
    'H-ID',
    '-DH',
    '++H',
    '+-H',
    'H+',
    'X',
    'HX',
    'DISECHNRGFUO',
    'd',
    'H D',
    '+D-E+',
  ],
  retry: integers,
  min: integers,
  max: integers,
  smax: integers,
  ttl: integers,
  acquire: times,
  timeout: integers,
  connectiontimeout: times,
  ping: times,
  keepalive: flags,
  disablereuse: flags,
  enablereuse: flags,
  addressttl: [...times, '-2', '-1s'],
  iobuffersize: [...integers, '511', '512'],
  receivebuffersize: [...integers, '511', '512'],
  responsefieldsize: [...integers, '511', '512'],
  flushpackets: [...flags, 'auto', 'AUTO'],
  flushwait: [...integers, '1000', '1001'],
  flusher: ['', long(15), long(16)],
  upgrade: ['', 'any', 'ANY', 'websocket', long(15), long(16)],
  secret: ['', long(63), long(64)],
  hcmethod: [
    'GET',
    'get',
    'NONE',
    'TCP',
    'OPTIONS',
    'HEAD',
    'GET11',
    'HEAD11',
    'OPTIONS11',
    'CPING',
    'PROVIDER',
    'POST',
    '',
  ],
  hcinterval: times,
  hcpasses: integers,
  hcfails: integers,
  hcuri: ['', '/x', long(63), long(64)],
  hcexpr: ['known', 'KNOWN', 'unknown', '', long(16)],
  hctemplate: ['known', 'KNOWN', 'unknown', ''],
  bogus: ['1'],
  stickysession: ['A'],
};

const balancerValues: Readonly<Record<string, readonly string[]>> = {
  stickysession: ['', 'A', 'A|B', '|B', 'A|', 'A|B|C', long(63), long(64), long(200)],
  stickysessionsep: ['', '.', '-', 'ab', 'off', 'Off', 'é'],
  scolonpathdelim: flags,
  nofailover: flags,
  lbmethod: [
    'byrequests',
    'bytraffic',
    'bybusyness',
    'heartbeat',
    'ByRequests',
    'random',
    '',
    long(15),
    long(16),
  ],
  timeout: integers,
  maxattempts: integers,
  failonstatus: [
    '',
    '500',
    '500,503',
    '500, 503',
    ',',
    '500,,503',
    '99',
    '100',
    '599',
    '600',
    '500x',
    'x',
    '-500',
    '500;503',
  ],
  failontimeout: flags,
  forcerecovery: flags,
  growth: [...integers, '100', '101'],
  nonce: ['', 'None', 'none', 'abc', long(36), long(37)],
  bogus: ['1'],
  route: ['a'],
  loadfactor: ['1'],
};

const quote = (text: string) => `"${text}"`;

/** One parameter in each place where it can be written. `id` keeps the balancers of a batch apart. */
function forms(kind: 'member' | 'balancer', pair: string, id: string): string[] {
  const known =
    'ProxyHCExpr known {%{REQUEST_STATUS} =~ /^[23]/}\nProxyHCTemplate known hcinterval=2';
  if (kind === 'member') {
    return [
      `${known}\n<Proxy balancer://m${id}>\nBalancerMember http://h${id} ${pair}\n</Proxy>`,
      `${known}\nProxyPass /p${id} http://p${id} ${pair}`,
      `${known}\nProxyPass /s${id} http://s${id}\nProxySet http://s${id} ${pair}`,
    ];
  }
  return [
    `<Proxy balancer://b${id}>\nBalancerMember http://h${id}\nProxySet ${pair}\n</Proxy>`,
    `<Proxy balancer://l${id} ${pair}>\n</Proxy>`,
    `ProxyPass /q${id} balancer://q${id} ${pair}`,
  ];
}

/** Every edge value in the first form, and `drawn` values in any form. */
export function parameterSnippets(seed: number, drawn: number): string[] {
  const below = numbers(seed);
  const tables = [
    ['member', memberValues],
    ['balancer', balancerValues],
  ] as const;
  const all = tables.flatMap(([kind, table]) =>
    Object.entries(table).flatMap(([key, values]) => values.map((value) => ({ kind, key, value }))),
  );
  let id = 0;
  const edges = all.map(
    ({ kind, key, value }) => forms(kind, quote(`${key}=${value}`), String(id++))[0]!,
  );
  const draws = Array.from({ length: drawn }, () => {
    const { kind, key, value } = all[below(all.length)]!;
    const written = below(2) === 0 ? value : mutated(value, below);
    const spelled = below(4) === 0 ? key.toUpperCase() : key;
    return forms(kind, quote(`${spelled}=${written}`), String(id++))[below(3)]!;
  });
  return [...edges, ...draws];
}

function mutated(value: string, below: (limit: number) => number): string {
  const alphabet = '0123456789-+.,smih xHD';
  const at = below(value.length + 1);
  const letter = alphabet[below(alphabet.length)]!;
  return value.slice(0, at) + letter + value.slice(at + below(2));
}
