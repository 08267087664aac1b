/** Expressions of ProxyHCExpr: what is read, what is refused and where, both as the real httpd says. */
import { afterAll, describe, expect, it } from 'vitest';
import { loadHttpd } from '../../src/config/httpd.ts';
import { LabError } from '../../src/problems/errors.ts';
import { conf } from './conf.ts';
import { noHttpd, realHttpd } from './real-httpd.ts';

/** As they follow `ProxyHCExpr a `. */
const accepted = [
  'true',
  '{true}',
  '{true',
  '"%{REQUEST_STATUS} -eq 200"',
  '\'%{REQUEST_STATUS} -eq "200"\'',
  '%{REQUEST_STATUS}==200',
  '{%{REQUEST_STATUS} =~ /^[234]/}',
  '{%{request_status} =~ m#a/b#i}',
  '{%{REQUEST_STATUS} =~ /a/iand true}',
  '{%{REQUEST_STATUS} =~ m/a/ && true}',
  '{%{REQUEST_STATUS} -in {\'200\', "201", 202}}',
  "{hc('body') !~ /Under maintenance/}",
  "{%{HC_BODY} == 'x' || %{hc:body} != 'y'}",
  "{resp('X') == 'x' or true and not false}",
  "{resp('X') == 'x' || (true && !false)}",
  '{((true))}',
  "{'a' . 'b' . 3 == 'ab3'}",
  "{-n resp('X')}",
  "{! -z '%{resp:X} %{RESP:Y-Z}'}",
  "{-T resp('X')}",
  "{tolower(resp('X')) < toupper('x')}",
  '{200 eq 200 && 1 -lt 2 && 2 ge 2 && -5 le 0}',
  '{200 = 200}',
  '{"don\'t" == \'"\'}',
  "{'a\\t\\x41\\101\\%b' == 'x'}",
  "{'{' == '}'}",
  '{%{resp:%{HC_BODY}} >= 100%}'.replace('100%', "'100%'"),
  "{resp ( 'X' ) == 'x'}",
  '{%{REQUEST_STATUS} =~ /a\\\\b/}',
];

/** `»` stands before the place that we name. */
const refused = [
  '»',
  '{}',
  '{ »}',
  '{true} »x',
  '{true »true}',
  '{TRUE»}',
  '{%{REQUEST_STATUS}»}',
  '{»%{NOSUCH} == 1}',
  '{%{REQUEST_STATUS} =~ /a/»g}',
  "{%{REQUEST_STATUS} =~ »'ab'}",
  '{%{REQUEST_STATUS} =~ »/[/}',
  '{%{REQUEST_STATUS} =~ »/a\\/b/}',
  "{%{REQUEST_STATUS} -in »('200')}",
  '%{REQUEST_STATUS}»-eq200',
  "{hc(body») == 'x'}",
  "{(resp('X')») == ('x')}",
  "{resp('X'», 'Y') == 'x'}",
  "{'a\\»9b' == 'x'}",
  '{true || »}',
  '{%{»: 1 -eq 1 :} == 1}',
  "{%{resp:»} == ''}",
  "{not true »== 'x'}",
  "{'}»' == '}'}",
  '{1 -eq »}',
];

it.each(accepted)('ProxyHCExpr a %s', (text) => {
  expect(messageFor(text)).toBeNull();
});

it.each(refused)('ProxyHCExpr a %s', (marked) => {
  const at = marked.indexOf('»');
  const message = messageFor(marked.replace('»', ''));
  const column = at <= 0 ? 1 : 'ProxyHCExpr a '.length + at + 1;
  if (marked === '{}') expect(message).toMatch(/needs an expression/);
  else if (at > 0) expect(message).toMatch(new RegExp(`:1:${column} ProxyHCExpr `));
  else expect(message).not.toBeNull();
});

describe('tell what is wrong', () => {
  it.each([
    ['{%{REQUEST_STATUS}}', 'a: the expression cannot be read at its end.'],
    ['{true or maybe}', 'a: the expression cannot be read at its end.'],
    [
      '{%{HTTP_HOST} == 1}',
      'a: the expression has %{HTTP_HOST}; expected one of REQUEST_STATUS, REQUEST_METHOD, CONTENT_TYPE, HC_BODY.',
    ],
    ["{md5('x') == 1}", 'a: the expression calls md5; expected one of resp, hc, tolower, toupper.'],
    ["{hc('size') == 1}", "a: the expression calls hc with something else than 'body'."],
    ["{-f '/x'}", 'a: the expression has the test -f; expected -n, -z or -T.'],
    ['{true} x y', 'x y is one too many; write the expression in braces.'],
  ])('%s', (text, message) => {
    expect(messageFor(text)).toContain(`ProxyHCExpr ${message}`);
  });

  it('once, though parameters refer to it', () => {
    const text =
      'ProxyHCExpr a {maybe}\n<Proxy balancer://c>\nBalancerMember http://a hcexpr=a\n</Proxy>';
    expect(() => conf(text)).toThrow(/^[^\n]*$/);
  });

  it('without a word about quotes, which mean nothing here', () => {
    expect(conf("ProxyHCExpr a {hc('body') !~ / 'tis/}").warnings).toEqual([]);
  });
});

it('deep nesting takes no time and no stack to speak of', () => {
  const deep = `${'tolower('.repeat(60)}'A'${')'.repeat(60)} == 'a'`;
  expect(messageFor(`{${deep} && ${'('.repeat(200)}true${')'.repeat(200)}}`)).toBeNull();
});

const title = `as httpd says${noHttpd === null ? '' : ` (skipped: ${noHttpd})`}`;

describe.skipIf(noHttpd !== null)(title, () => {
  const httpd = noHttpd === null ? realHttpd() : null;
  afterAll(() => httpd?.close());

  it('accepted and refused', async () => {
    const snippets = [...accepted, ...refused].map(
      (text) => `ProxyHCExpr a ${text.replace('»', '')}`,
    );
    const verdicts = [];
    for (const snippet of snippets) verdicts.push((await httpd!.verdicts([snippet]))[0] === null);
    const ours = snippets.map((snippet) => {
      try {
        loadHttpd(httpd!.file(snippet));
        return true;
      } catch (error) {
        if (error instanceof LabError) return false;
        throw error;
      }
    });
    const told = (all: readonly boolean[]) => snippets.map((text, i) => `${text}: ${all[i]}`);
    expect(told(ours)).toEqual(told(verdicts));
  }, 120_000);
});

/** The error for this expression; null: none. */
function messageFor(text: string): string | null {
  try {
    conf(`ProxyHCExpr a ${text}`);
    return null;
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
}
