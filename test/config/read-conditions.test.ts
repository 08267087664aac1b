/** Sections that hold or do not, by what they ask for. */
import { describe, expect, test } from 'vitest';
import { read } from './read-texts.ts';

/** Whether the section `<name argument>` holds. */
function holds(name: string, argument: string, before = '', options = {}): boolean {
  const { tree, errors } = read(`${before}<${name} ${argument}>\nA b\n</${name}>\n`, options);
  expect(errors).toEqual([]);
  return tree.some((line) => line.endsWith(' A b@3'));
}

describe('IfModule', () => {
  const loads =
    'LoadModule proxy_module modules/mod_proxy.so\nLoadModule ldap_module l/mod_ldap.so\n';
  const known = [
    'proxy_module',
    'mod_proxy.c',
    'ldap_module',
    'util_ldap.c',
    'core_module',
    'core.c',
  ];
  test.each([...known, 'mod_so.c', 'version_module', 'http_core.c', '"mod_proxy.c"'])(
    '%s is there',
    (name) => {
      expect(holds('IfModule', name, loads)).toBe(true);
      expect(holds('IfModule', `!${name}`, loads)).toBe(false);
    },
  );
  test.each(['mod_proxy', 'MOD_PROXY.C', 'mod_ssl.c', 'ssl_module', 'mod_ldap.c', 'x'])(
    '%s is not',
    (name) => {
      expect(holds('IfModule', name, loads)).toBe(false);
      expect(holds('IfModule', `!${name}`, loads)).toBe(true);
    },
  );
  test('only lines before it count', () => {
    const text = '<IfModule mod_proxy.c>\nA b\n</IfModule>\nLoadModule proxy_module x.so\n';
    expect(read(text).tree).toEqual(['4:1 LoadModule proxy_module@12 x.so@25']);
  });
  test('a module of others: by its identifier, its file, and the file as a source', () => {
    const load = 'LoadModule foo_module lib/bar.so\n';
    for (const name of ['foo_module', 'mod_foo.c', 'bar.c'])
      expect(holds('IfModule', name, load)).toBe(true);
  });
  test('a fragment has all of httpd’s own', () => {
    for (const name of ['mod_ssl.c', 'proxy_balancer_module', 'event.c', 'util_ldap.c'])
      expect(holds('IfModule', name)).toBe(true);
    for (const name of ['mod_perl.c', 'prefork.c', 'mod_ldap.c'])
      expect(holds('IfModule', name)).toBe(false);
  });
  test('a LoadModule line anywhere makes it no fragment, even one that is skipped', () => {
    const skipped = '<IfModule !core.c>\nLoadModule x_module x.so\n</IfModule>\n';
    expect(holds('IfModule', 'mod_ssl.c', skipped)).toBe(false);
    expect(
      read({
        'httpd.conf': '<IfModule mod_ssl.c>\nA b\n</IfModule>\nInclude l\n',
        l: 'LoadModule x_module x.so',
      }).tree,
    ).toEqual(['l:1:1 LoadModule x_module@12 x.so@21']);
  });
  test('a fragment that loads what is missing', () => {
    const text =
      '<IfModule !mod_ssl.c>\nLoadModule ssl_module x.so\n</IfModule>\n<IfModule mod_ssl.c>\nA b\n</IfModule>';
    expect(read(text).tree).toEqual(['2:1 LoadModule ssl_module@12 x.so@23', '5:1 A b@3']);
  });
});

describe('IfVersion', () => {
  const yes = [
    '2.4.71',
    '= 2.4.71',
    '== 2.4.71',
    '> 2.4',
    '>= 2.4.71',
    '>= 2',
    '< 2.5',
    '<= 2.4.71',
    '!> 2.4.71',
    '!= 2.4',
    '~ ^2\\.4',
    '= /^2.4/',
    '!~ ^2\\.3',
    '">=" "2.4"',
    '>= 2.4 ',
    '= 02.04.71',
    '"2.4.71"',
    '== /71$/',
    '>= 2..4',
  ];
  const no = [
    '2.4',
    '= 2',
    '> 2.4.71',
    '< 2.4.71',
    '>= 3',
    '!= 2.4.71',
    '~ ^2\\.3',
    '= /^2.3/',
    '!>= 2.4',
    '<= 2.4.9',
  ];
  test.each(yes)('<IfVersion %s> holds', (text) => expect(holds('IfVersion', text)).toBe(true));
  test.each(no)('<IfVersion %s> does not', (text) => expect(holds('IfVersion', text)).toBe(false));
});

test('IfDirective and IfSection ask what the caller knows', () => {
  const directives = new Set(['listen', '<location']);
  expect(holds('IfDirective', 'LISTEN', '', { directives })).toBe(true);
  expect(holds('IfDirective', 'Location', '', { directives })).toBe(false);
  expect(holds('IfDirective', '<Location', '', { directives })).toBe(true);
  expect(holds('IfSection', 'location', '', { directives })).toBe(true);
  expect(holds('IfSection', '!Listen', '', { directives })).toBe(true);
});
