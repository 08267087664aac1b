/** What is wrong with a text: where exactly, and in which words. */
import { expect, test } from 'vitest';
import { problemsMax } from '../../src/problems/errors.ts';
import { read } from './read-texts.ts';

const cases: readonly (readonly [name: string, text: string, errors: readonly string[]])[] = [
  [
    'a section that nothing closes',
    'A b\n  <Location /x>\nA b\n',
    ['2:3 SYNTAX <Location> is not closed; expected </Location> before the end of the file.'],
  ],
  [
    'two of them',
    '<VirtualHost *:80>\n<Location /x>\n',
    [
      '1:1 SYNTAX <VirtualHost> is not closed; expected </VirtualHost> before the end of the file.',
      '2:1 SYNTAX <Location> is not closed; expected </Location> before the end of the file.',
    ],
  ],
  [
    'a closing line without an opening one',
    'A b\n </Location>\n',
    ['2:2 SYNTAX </Location> closes nothing; expected <Location> before it, in the same file.'],
  ],
  [
    'sections that cross',
    '<VirtualHost *:80>\n<Location /x>\n</VirtualHost>\n',
    [
      '3:1 SYNTAX </VirtualHost> comes while <Location> of line 2 is open; expected </Location> first.',
    ],
  ],
  [
    'a slip in a closing line',
    '<Location /x>\n</Locaton>\nA b\n',
    ['2:1 SYNTAX </Locaton> closes nothing; expected </Location> for <Location> of line 1.'],
  ],
  [
    'a closing line without >',
    '<Location /x>\n</Location\n',
    ['2:1 SYNTAX </Location> has no >; expected </Location> without blanks in it.'],
  ],
  [
    'a blank in a closing line',
    '<Location /x>\n</Location >\n',
    ['2:1 SYNTAX </Location> has no >; expected </Location> without blanks in it.'],
  ],
  [
    'an opening line without >',
    '<Proxy balancer://x lbmethod=byrequests\nA b\n</Proxy>\n',
    ['1:1 SYNTAX <Proxy> has no > at its end; expected <Proxy balancer://x lbmethod=byrequests>.'],
  ],
  [
    'a blank before the name',
    '< Location /x>\n</Location>\n',
    [
      '1:1 SYNTAX < is followed by a blank; expected the name of a section right after it.',
      '2:1 SYNTAX </Location> closes nothing; expected <Location> before it, in the same file.',
    ],
  ],
  [
    'a conditional section closed by another',
    '<IfDefine !X>\n<Location /x>\n</IfDefine>\n',
    [
      '3:1 SYNTAX </IfDefine> comes while <Location> of line 2 is open; expected </Location> first.',
    ],
  ],
  [
    'a section closed inside a conditional one',
    '<Location /x>\n<IfDefine !X>\n</Location>\n</IfDefine>\n</Location>\n',
    [
      '3:1 SYNTAX </Location> comes while <IfDefine> of line 2 is open; expected </IfDefine> first.',
    ],
  ],
  [
    'a section that nothing opens inside a conditional one',
    '<IfDefine !X>\n</Location>\n</IfDefine>\n',
    [
      '2:1 SYNTAX </Location> closes nothing; expected <Location> before it, in the same file and inside <IfDefine> of line 1.',
    ],
  ],
  [
    'something behind the end of a conditional section',
    '<IfDefine !X>\n</IfDefine> x\n',
    ['2:1 SYNTAX </IfDefine> has something after it; expected it alone on its line.'],
  ],
  [
    'a conditional section closed with a blank',
    '<IfDefine !X>\n</IfDefine >\n',
    ['2:1 SYNTAX </IfDefine> has no >; expected </IfDefine> without blanks in it.'],
  ],
  [
    'a skipped section that nothing closes',
    'A b\n<IfDefine X>\nA b\n',
    [
      '2:1 SYNTAX <IfDefine> is skipped, and nothing closes it; expected </IfDefine> before the end of the file.',
    ],
  ],
  [
    'one inside a skipped section that nothing closes',
    '<IfDefine X>\n<A>\n<B c>\n</B>\n',
    [
      '1:1 SYNTAX <IfDefine> is skipped, and nothing closes <A> of line 2 in it; expected </A> before the end of the file.',
    ],
  ],
  [
    'sections that cross in a skipped one',
    '<IfDefine X>\n<A>\n</IfDefine>\n',
    ['3:1 SYNTAX </IfDefine> comes while <A> of line 2 is open; expected </A> first.'],
  ],
  [
    'no argument',
    '<IfDefine>\n</IfDefine>\n<IfModule !>\n</IfModule>\n<IfFile "">\n</IfFile>\n',
    [
      '1:1 MISSING <IfDefine> has no argument; expected a name, perhaps with ! in front.',
      '3:1 MISSING <IfModule> has no argument; expected a name, perhaps with ! in front.',
      '5:1 MISSING <IfFile> has no argument; expected a name, perhaps with ! in front.',
    ],
  ],
  [
    'a condition without >',
    '<IfModule core.c\nA b\n</IfModule>\n',
    ['1:1 SYNTAX <IfModule> has no > at its end; expected <IfModule core.c>.'],
  ],
  [
    'an operator glued to its version',
    '<IfVersion >=2.4>\n</IfVersion>\n',
    [
      '1:1 VALUE <IfVersion> has the version >=2.4; expected major, major.minor or major.minor.patch, in digits, after an operator and a blank.',
    ],
  ],
  [
    'an unknown operator',
    '<IfVersion =~ 2.4>\n</IfVersion>\n',
    [
      '1:1 VALUE <IfVersion> has the operator =~; expected =, ==, >, >=, <, <= or ~, perhaps with ! in front.',
    ],
  ],
  [
    'four parts of a version',
    '<IfVersion >= 2.4.71.1>\n</IfVersion>\n',
    [
      '1:1 VALUE <IfVersion> has the version 2.4.71.1; expected major, major.minor or major.minor.patch, in digits, after an operator and a blank.',
    ],
  ],
  [
    'no version',
    '<IfVersion>\n</IfVersion>\n',
    ['1:1 MISSING <IfVersion> has no version; expected <IfVersion >= 2.4>, say.'],
  ],
  [
    'too many versions',
    '<IfVersion >= 2.4 2.5>\n</IfVersion>\n',
    ['1:1 VALUE <IfVersion> has too many words; expected an operator and a version.'],
  ],
  [
    'regular expressions that are none',
    '<IfVersion = /2.4>\n</IfVersion>\n<IfVersion ~ (>\n</IfVersion>\n',
    [
      '1:1 VALUE <IfVersion> has the regular expression /2.4; expected a / at its end, too.',
      '3:1 VALUE <IfVersion> has the regular expression (, which is none; expected one to match 2.4.71 with.',
    ],
  ],
  [
    'a question about directives that nobody can answer',
    '<IfDirective Listen>\nA b\n</IfDirective>\n',
    [
      '1:1 NOT_SUPPORTED <IfDirective> asks for Listen, and which directives count as known was not said; leave the section out, or what it holds.',
    ],
  ],
  [
    'macros',
    '<Macro m $x>\n<Location $x>\n</Location>\n</Macro>\n Use m /y\nUndefMacro m\n',
    [
      '1:1 NOT_SUPPORTED <Macro> is not supported, as no macros are; write out what it stands for.',
      '5:2 NOT_SUPPORTED Use is not supported, as no macros are; write out what the macro stands for.',
      '6:1 NOT_SUPPORTED UndefMacro is not supported, as no macros are; write out what the macro stands for.',
    ],
  ],
  [
    'Define',
    'Define\nDefine X y z\nDefine a:b c\nDefine "" x\n',
    [
      '1:1 MISSING Define lacks an argument; expected a name, and perhaps a value.',
      '2:12 VALUE Define has 3 arguments; expected a name, and perhaps a value. Put quotes around one with blanks in it.',
      '3:8 VALUE Define a:b has a colon; expected a name without one.',
      '4:1 MISSING Define lacks an argument; expected a name, and perhaps a value.',
    ],
  ],
  [
    'UnDefine',
    'UnDefine\nUnDefine X Y\n',
    [
      '1:1 MISSING UnDefine lacks an argument; expected a name.',
      '2:12 VALUE UnDefine has 2 arguments; expected a name. Put quotes around one with blanks in it.',
    ],
  ],
  [
    'Error',
    '<Location /x>\nError "not like \\\n this"\n</Location>\nError\n<IfDefine X>\nError no\n</IfDefine>',
    [
      '2:1 VALUE Error ends the reading of this configuration: not like  this',
      '5:1 VALUE Error ends the reading of this configuration: it has no message of its own',
    ],
  ],
  [
    'LoadModule and ServerRoot',
    'LoadModule x\nLoadModule\nServerRoot\nServerRoot a b\n',
    [
      '1:1 MISSING LoadModule lacks an argument; expected a module and its file.',
      '2:1 MISSING LoadModule lacks an argument; expected a module and its file.',
      '3:1 MISSING ServerRoot lacks an argument; expected a directory.',
      '4:14 VALUE ServerRoot has 2 arguments; expected a directory. Put quotes around one with blanks in it.',
    ],
  ],
  [
    'Include',
    'Include\nInclude a b\nInclude a\nInclude "x/*.conf"\nInclude *.none\nIncludeOptional\n',
    [
      '1:1 MISSING Include lacks an argument; expected a path, perhaps with wildcards.',
      '2:11 VALUE Include has 2 arguments; expected a path, perhaps with wildcards. Put quotes around one with blanks in it.',
      '3:9 UNREADABLE the file a cannot be read: there is no such file. Correct the path, or leave the line out.',
      '4:9 UNREADABLE Include x/*.conf: the directory x cannot be read: there is no such file; expected one to look for files in.',
      '5:9 UNREADABLE Include *.none: nothing in . matches *.none; expected at least one file. Use IncludeOptional if there may be none.',
      '6:1 MISSING IncludeOptional lacks an argument; expected a path, perhaps with wildcards.',
    ],
  ],
  [
    'a value that doubles itself',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
    `Define X 0123456789\n${'Define X ${X}${X}\n'.repeat(30)}`,
    [
      '18:1 VALUE the line has more than 1048576 characters once its variables are replaced; expected a line of a configuration.',
    ],
  ],
  [
    'sections without end',
    '<A>\n'.repeat(600),
    [
      '501:1 SYNTAX <A> is inside more than 500 sections; expected fewer. Look for one that is never closed.',
    ],
  ],
  [
    'conditional sections without end',
    '<IfDefine !A>\n'.repeat(100_000),
    [
      '501:1 SYNTAX <IfDefine> is inside more than 500 sections; expected fewer. Look for one that is never closed.',
    ],
  ],
];

test.each(cases)('%s', (_, text, errors) => {
  expect(read(text).errors).toEqual(errors);
});

test('all faults are told at once, in the order of their places', () => {
  const text = '<A>\n</B>\nDefine\n<IfDefine>\n</IfDefine>\n</C>\nInclude no\n';
  const told = read(text).errors.map((line) => line.split(' ', 2).join(' '));
  expect(told).toEqual([
    '2:1 SYNTAX',
    '3:1 MISSING',
    '4:1 MISSING',
    '6:1 SYNTAX',
    '7:9 UNREADABLE',
  ]);
});

test('of very many, the first', () => {
  const { errors } = read('Define\n'.repeat(1000));
  expect(errors.length).toBe(problemsMax);
  expect(errors.at(-1)).toMatch(new RegExp(`^${problemsMax}:1 `));
});

test('deep nesting in what is skipped is nothing to stumble over', () => {
  const depth = 50_000;
  const text = `<IfDefine X>\n${'<A b>\n'.repeat(depth)}${'</A>\n'.repeat(depth)}</IfDefine>\nC d\n`;
  expect(read(text).tree).toEqual([`${2 * depth + 3}:1 C d@3`]);
});
