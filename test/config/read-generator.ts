/** Random configurations, right and wrong: sections, conditions, variables, quotes, continuations. */

/** Each call gives the next text; the same `seed` gives the same texts. */
export function generator(seed: number): () => string {
  let state = seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const directive = () => {
    const words = Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(wordTexts));
    return `SetEnv ${words.join(pick([' ', '  ', '\t', ' \\\n ', '\\\n']))}`;
  };
  const line = () =>
    pick([
      directive,
      directive,
      directive,
      () => pick(oddLines),
      () => `Define ${pick(['X', 'Y', 'S', 'x'])} ${pick(values)}`,
      () => `UnDefine ${pick(['X', 'Y', 'x', 'S'])}`,
    ])();
  const section = (depth: number): string => {
    const [name, ...words] = pick(sections);
    const spelt = pick([name!, name!, name!.toLowerCase(), name!.toUpperCase()]);
    const open = `<${spelt}${pick([' ', ' ', '\t', '  ', ' \\\n'])}${pick(words)}${pick(openEnds)}`;
    const closed = random() < 0.97 ? name! : pick(sections)[0]!;
    const close = random() < 0.97 ? `${pick(['', '  '])}</${closed}${pick(closeEnds)}\n` : '';
    return `${open}${pick(['\n', '\r\n'])}${block(depth - 1)}${close}`;
  };
  const block = (depth: number): string =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      depth > 0 && random() < 0.5 ? section(depth) : `${pick(['', ' '])}${line()}${pick(lineEnds)}`,
    ).join('');
  return () => `Define N SetEnv\nDefine S "s t"\n${block(3)}`;
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: httpd's variables.
const wordTexts = [
  ...[
    'a',
    '"b c"',
    "'d e'",
    '${X}',
    '${S}',
    '"${S}"',
    '${NONE}',
    'x\\\\y',
    '"q\\"r"',
    "'s\\'t'",
    '"open',
  ],
  ...['z\\', '"e\\\\"', 'a"b', '"a"b', '#h', '<x>', '>', 'a>', '$X', '${', '}', '\t'],
];

const values = ['', 'val', '"v w"', '\'"q r"\'', 'mod_env.c', '${X}', '""', '"${S}"'];

const oddLines = [
  ...[
    '',
    '  \\',
    '# a',
    '# a \\',
    '# a \\\\',
    '"SetEnv" k v',
    'sETENV k v',
    'SetEnv> k v',
    '${N} k v',
  ],
  ...[
    'Include a.inc',
    'Include sub',
    'Include "sub/[a-b].inc"',
    'IncludeOptional none',
    'Include none',
  ],
];

/** A name, and arguments that it may have. */
const sections = [
  ['Location', '/x', '"/x y"', '"/a>b"', "'/q", '/x>', '/${X}', '"/${S}"'],
  ['VirtualHost', '*:80', '*:81 127.0.0.1:82'],
  ['If', '"true"', '"a > b"'],
  [
    'IfModule',
    'core.c',
    '!core.c',
    'none.c',
    '!none.c',
    '"mod_env.c"',
    '! mod_env.c',
    '${X}',
    'core.c>x',
  ],
  ['IfDefine', 'X', '!X', 'NONE', '!NONE', 'OUTSIDE', '!OUTSIDE'],
  ['IfVersion', '>= 2.4', '2.4.71', '< 2.4', '~ 2', '= /^2/', '!> 2.4.70'],
  ['IfFile', 'a.inc', 'none', '!none'],
  ['RequireAny', ''],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: httpd's variables.

const openEnds = [...Array(12).fill('>'), ' >', '>>', ''] as const;
const closeEnds = [...Array(24).fill('>'), ' >', '> x', '', '>>', '> ', '>\r'] as const;
const lineEnds = ['\n', '\n', '\n', '\r\n', '\\\n'];
