import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { renderProblems } from '../../src/problems/errors.ts';
import { inFolder, read } from './read-texts.ts';

/** A text, and the tree that comes of it, in the notation of `Told.tree`. */
type Case = readonly [name: string, text: string, tree: readonly string[]];

const cases: Record<string, readonly Case[]> = {
  lines: [
    ['nothing', '', []],
    ['blank lines and comments', '\n  \n# a\n\t# b\n', []],
    ['no newline at the end', 'Listen 80', ['1:1 Listen 80@8']],
    ['blanks around', ' \t Listen \t 80 \t\n', ['1:4 Listen 80@13']],
    ['vertical tab and form feed', 'SetEnv\vA\fb\n', ['1:1 SetEnv A@8 b@10']],
    ['a no-break space is a character', 'A\u00a0b c\n', ['1:1 A\u00a0b c@5']],
    ['CRLF', 'Listen 80\r\nListen 81\r\n', ['1:1 Listen 80@8', '2:1 Listen 81@8']],
    ['a comment only at the start of a line', 'SetEnv A #b\n', ['1:1 SetEnv A@8 #b@10']],
  ],
  continuation: [
    ['joins without a blank', 'Lis\\\nten 80\n', ['1:1 Listen 80@2:5']],
    ['keeps the blanks of the next line', 'SetEnv A\\\n  b\n', ['1:1 SetEnv A@8 b@2:3']],
    ['CRLF', 'SetEnv A \\\r\n b\r\n', ['1:1 SetEnv A@8 b@2:2']],
    ['two backslashes continue, too', 'SetEnv A b\\\\\nc d\n', ['1:1 SetEnv A@8 b\\c@10 d@2:3']],
    [
      'not with a blank after it',
      'SetEnv A b\\ \nListen 1\n',
      ['1:1 SetEnv A@8 b\\@10', '2:1 Listen 1@8'],
    ],
    ['of a comment', '# a \\\nListen 80\nListen 81\n', ['3:1 Listen 81@8']],
    ['a comment after blanks', '  \\\n # a\nListen 81\n', ['3:1 Listen 81@8']],
    ['no comment inside', 'SetEnv A\\\n# b\n', ['1:1 SetEnv A#@8 b@2:3']],
    ['at the end of the file', 'Listen 80\\\n', ['1:1 Listen 80@8']],
    ['a backslash without a newline is none', 'Listen 80\\', ['1:1 Listen 80\\@8']],
    ['over empty lines', 'Listen \\\n\\\n\\\n80\n', ['1:1 Listen 80@4:1']],
  ],
  words: [
    ['double quotes', 'A "b c" d', ['1:1 A b c@3 d@9']],
    ['single quotes', "A 'b \"c' d", ['1:1 A b "c@3 d@10']],
    ['a quote escaped', 'A "b\\"c" \'d\\\'e\'', ['1:1 A b"c@3 d\'e@10']],
    ['the other quote is not', 'A "b\\\'c"', ["1:1 A b\\'c@3"]],
    ['backslashes', 'A "b\\\\c\\d" e\\\\f\\g', ['1:1 A b\\c\\d@3 e\\f\\g@12']],
    ['a quote ends a word', 'A "b"c', ['1:1 A b@3 c@6']],
    ['a quote inside a word is a character', 'A b"c d"', ['1:1 A b"c@3 d"@7']],
    ['an empty word', 'A "" b', ['1:1 A @3 b@6']],
    ['a quoted name', '"Listen" 80', ['1:1 Listen 80@10']],
    ['names keep their case', 'lIsTeN 80', ['1:1 lIsTeN 80@8']],
    ['a > behind a name is no part of it', 'Listen> 80', ['1:1 Listen 80@9']],
  ],
  sections: [
    [
      'with words and children',
      '<Proxy balancer://x lbmethod=byrequests>\n  Listen 80\n</Proxy>\nListen 81\n',
      [
        '1:1 <Proxy> balancer://x@8 lbmethod=byrequests@21',
        '  2:3 Listen 80@10',
        '4:1 Listen 81@8',
      ],
    ],
    ['a blank before >', '<Location /x >\n</Location>', ['1:1 <Location> /x@11']],
    ['the last > closes', '<Location /a>b>>\n</Location>', ['1:1 <Location> /a>b>@11']],
    ['in quotes', '<Location "/a>b c">\n</Location>', ['1:1 <Location> /a>b c@11']],
    ['without words', '<RequireAny>\n</RequireAny>', ['1:1 <RequireAny>']],
    ['> behind the name', '<Location> /x>\n</Location>', ['1:1 <Location> /x@12']],
    ['closed in another case', '<Location /x>\n</LOCATION>', ['1:1 <Location> /x@11']],
    ['more behind the closing line', '<Location /x>\n</Location> x\n', ['1:1 <Location> /x@11']],
    [
      'inside each other',
      '<VirtualHost *:80>\n<Location /x>\nA b\n</Location>\nC d\n</VirtualHost>\n',
      ['1:1 <VirtualHost> *:80@14', '  2:1 <Location> /x@11', '    3:1 A b@3', '  5:1 C d@3'],
    ],
    ['over several lines', '<Location \\\n  "/x" \\\n>\n</Location>', ['1:1 <Location> /x@2:3']],
  ],
  variables: [
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: httpd's variables.
    ['a value', 'Define X 80\nListen ${X}\n', ['2:1 Listen 80@8']],
    ['case aside', 'Define X 80\nListen ${x}\n', ['2:1 Listen 80@8']],
    ['inside a word', 'Define X 8\nListen h:${X}0 b\n', ['2:1 Listen h:80@8 b@16']],
    ['several words', 'Define X "a b"\nA ${X} c\n', ['2:1 A a@3 b@3 c@8']],
    ['in quotes one word', 'Define X "a b"\nA "${X}" c\n', ['2:1 A a b@3 c@10']],
    ['a value with quotes', 'Define X \'"a b"\'\nA ${X} c\n', ['2:1 A a b@3 c@8']],
    ['a name', 'Define X Listen\n${X} 80\n', ['2:1 Listen 80@6']],
    ['a section', 'Define X <Location\n${X} /x>\n</Location>\n', ['2:1 <Location> /x@6']],
    ['UnDefine', 'Define X 80\nUnDefine X\nDefine X 81\nListen ${X}\n', ['4:1 Listen 81@8']],
    [
      'an empty value changes nothing',
      'Define X 80\nDefine X ""\nListen ${X}',
      ['3:1 Listen 80@8'],
    ],
    ['the later one', 'Define X 80\nDefine x 81\nListen ${X}', ['3:1 Listen 81@8']],
    [
      'of a value when it is defined',
      'Define X 8\nDefine Y ${X}0\nDefine X 9\nA ${Y}',
      ['4:1 A 80@3'],
    ],
    ['a value is not searched', 'Define X $\nDefine Y {Z}\nA ${X}${Y}', ['3:1 A ${Z}@3']],
    ['what is none', 'A $X ${ $', ['1:1 A $X@3 ${@6 $@9']],
    ['a name with a colon', 'A ${b:c}', ['1:1 A ${b:c}@3']],
    ['an escape is none', 'Define X 80\nA \\${X}', ['2:1 A \\80@3']],
    ['over a continuation', 'Define X 80\nA ${\\\nX}b c', ['2:1 A 80b@3 c@3:5']],
    ['in a comment', '# ${X}\n', []],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: httpd's variables.
  ],
  conditions: [
    ['defined', 'Define X\n<IfDefine X>\nA b\n</IfDefine>\nC d', ['3:1 A b@3', '5:1 C d@3']],
    ['case counts', 'Define X\n<IfDefine x>\nA b\n</IfDefine>\n', []],
    ['not defined', '<IfDefine !X>\nA b\n</IfDefine>\n', ['2:1 A b@3']],
    ['after UnDefine', 'Define X\nUnDefine X\n<IfDefine X>\nA b\n</IfDefine>\n', []],
    [
      'UnDefine minds case',
      'Define X\nUnDefine x\n<IfDefine X>\nA b\n</IfDefine>\n',
      ['4:1 A b@3'],
    ],
    ['! and quotes', '<IfDefine ! "X">\nA b\n</IfDefine>\n', ['2:1 A b@3']],
    ['! in quotes', '<IfDefine "!X">\nA b\n</IfDefine>\n', []],
    [
      'inside a section',
      '<L x>\n<IfDefine !X>\nA b\n</IfDefine>\nC d\n</L>',
      ['1:1 <L> x@4', '  3:1 A b@3', '  5:1 C d@3'],
    ],
    [
      'a section inside',
      '<IfDefine !X>\n<L x>\nA b\n</L>\n</IfDefine>',
      ['2:1 <L> x@4', '  3:1 A b@3'],
    ],
    [
      'one inside the other',
      '<IfDefine !X>\n<ifdefine !Y>\nA b\n</IFDEFINE>\nC d\n</IfDefine>',
      ['3:1 A b@3', '5:1 C d@3'],
    ],
    [
      'skipped with sections in it',
      '<IfDefine X>\n<Any thing\n"x\n</Any>\n<!>\n</!>\n</IfDefine>\nC d',
      ['8:1 C d@3'],
    ],
    [
      'nothing is defined in what is skipped',
      '<IfDefine X>\nDefine X\n</IfDefine>\n<IfDefine X>\nA b\n</IfDefine>',
      [],
    ],
    ['a closing line over two lines', '<IfDefine X>\nA b\n</If\\\nDefine>\nC d', ['5:1 C d@3']],
    [
      'a file',
      '<IfFile httpd.conf>\nA b\n</IfFile>\n<IfFile x.conf>\nC d\n</IfFile>',
      ['2:1 A b@3'],
    ],
    ['no file', '<IfFile !x.conf>\nA b\n</IfFile>', ['2:1 A b@3']],
  ],
};

for (const [topic, rows] of Object.entries(cases)) {
  test.each(rows)(`${topic}: %s`, (_, text, tree) => {
    const told = read(text);
    expect(told.errors).toEqual([]);
    expect(told.tree).toEqual(tree);
  });
}

test('names given from outside count for IfDefine, not as variables', () => {
  expect(read('<IfDefine X>\nA b\n</IfDefine>', { defines: ['X'] }).tree).toEqual(['2:1 A b@3']);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
  expect(read('A ${X}', { defines: ['X'] }).tree).toEqual(['1:1 A ${X}@3']);
});

test('the environment is asked after Define, and its names mind case', () => {
  const env = { PORT: '80', HOST: 'h' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
  const text = 'Define PORT 81\nA ${PORT} ${HOST} ${host} ${toString}\n';
  const told = read(text, { env });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
  expect(told.tree).toEqual(['2:1 A 81@3 h@11 ${host}@19 ${toString}@27']);
  expect(told.warnings.map((line) => line.split(' is ')[0])).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
    '2:19 REFERENCE ${host}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
    '2:27 REFERENCE ${toString}',
  ]);
});

test('a place has the text of its own line', () => {
  const { line, source } = inFolder({ 'httpd.conf': 'A \\\r\n  "b c"\r\n' }, (folder) => {
    return readConfig(`${folder}/httpd.conf`).nodes[0]!.words[0]!.place;
  });
  expect([line, source]).toEqual([2, '  "b c"']);
});

test('warnings', () => {
  const text = [
    '<Location /x> more',
    'SetEnv A "b',
    '</Location>',
    'ServerRoot /no/such/directory',
    '<IfDefine !X>',
    '<Location "/y>',
  ].join('\n');
  expect(read(text)).toEqual({
    tree: [
      '1:1 <Location> /x@11',
      '  2:1 SetEnv A@8 b@10',
      '4:1 ServerRoot /no/such/directory@12',
      '6:1 <Location> /y@11',
    ],
    warnings: [
      "1:15 SYNTAX <Location> is followed by more; httpd ignores it. Write it on a line of its own, or inside the section's brackets.",
      '2:10 SYNTAX SetEnv has a quote here that nothing closes; httpd takes all to the end of the line. Close it.',
      '4:12 UNREADABLE ServerRoot /no/such/directory is no directory here; httpd would not start. Files are looked for in it all the same.',
      '6:11 SYNTAX Location has a quote here that nothing closes; httpd takes all to the end of the line. Close it.',
      '6:1 SYNTAX <Location> is not closed; expected </Location> before the end of the file.',
      '5:1 SYNTAX <IfDefine> is not closed; httpd lets it end with the file. Write </IfDefine> where it ends.',
    ],
    errors: [],
  });
});

test('ten thousand lines', () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, i) => `  BalancerMember http://h${i}:8080 route=r${i}`,
  );
  const text = `<Proxy balancer://x>\n${lines.join('\n')}\n</Proxy>\n`;
  const { tree } = read(text);
  expect(tree.length).toBe(10_001);
  expect(tree.at(-1)).toBe('  10001:3 BalancerMember http://h9999:8080@18 route=r9999@36');
});

test('messages are shown with the line and a mark below the place', () => {
  const text = inFolder({ 'httpd.conf': '  Define "a b" c d\n' }, (folder) => {
    try {
      readConfig(`${folder}/httpd.conf`);
      return '';
    } catch (error) {
      return renderProblems((error as { problems: [] }).problems).replaceAll(`${folder}/`, '');
    }
  });
  expect(text).toMatchInlineSnapshot(`
    "httpd.conf:1:18 Define has 3 arguments; expected a name, and perhaps a value. Put quotes around one with blanks in it.
      1 |   Define "a b" c d
        |                  ^"
  `);
});
