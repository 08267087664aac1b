/** Which files an Include line reads, in which order, and files that cannot be read. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/read.ts';
import { inFolder, read, type Texts } from './read-texts.ts';

/** Every file says its own name. */
const tree: Texts = Object.fromEntries(
  ['a.conf', 'b.conf', 'B.conf', '.hidden.conf', 'a b.conf', 'deep/z.conf', 'deep/.y', 'notes'].map(
    (name) => [`d/${name}`, `Here "${name}"\n`],
  ),
);

/** Names that `line` reads, of the files in `tree`. */
function reads(line: string): string[] {
  const told = read({ ...tree, 'httpd.conf': `${line}\n` });
  expect(told.errors).toEqual([]);
  return told.tree.map((node) => /Here (.*)@/.exec(node)![1]!);
}

describe('Include', () => {
  test.each([
    ['a file', 'Include d/a.conf', ['a.conf']],
    ['a name with a blank', 'Include "d/a b.conf"', ['a b.conf']],
    ['a detour', 'Include ./d/../d/a.conf', ['a.conf']],
    ['the same twice', 'Include d/a.conf\nInclude d/a.conf', ['a.conf', 'a.conf']],
    [
      'a directory, all of it',
      'Include d',
      ['.hidden.conf', 'B.conf', 'a b.conf', 'a.conf', 'b.conf', 'deep/.y', 'deep/z.conf', 'notes'],
    ],
    ['a slash at the end', 'Include d/deep/', ['deep/.y', 'deep/z.conf']],
    ['*', 'Include d/*.conf', ['B.conf', 'a b.conf', 'a.conf', 'b.conf']],
    ['* matches directories', 'Include d/d*', ['deep/.y', 'deep/z.conf']],
    ['a dot is to be written', 'Include d/.h*', ['.hidden.conf']],
    ['a dot may be escaped', 'Include "d/\\.h*"', ['.hidden.conf']],
    ['?', 'Include d/?.conf', ['B.conf', 'a.conf', 'b.conf']],
    ['[]', 'Include d/[a-z].conf', ['a.conf', 'b.conf']],
    ['[!]', 'Include d/[!a]*.conf', ['B.conf', 'b.conf']],
    ['[^] and an escape', 'Include d/[^\\a].conf', ['B.conf', 'b.conf']],
    ['several *', 'Include d/*o*e*', ['notes']],
    ['of a directory', 'Include */a.conf', ['a.conf']],
    ['of directories, not files', 'Include d/*/z.conf', ['deep/z.conf']],
    ['optional, one that is there', 'IncludeOptional d/a.conf', ['a.conf']],
    ['optional, none', 'IncludeOptional d/x.conf', []],
    ['optional, no match', 'IncludeOptional d/*.x', []],
    ['optional, no directory', 'IncludeOptional x/*.conf', []],
    ['optional, none in a directory', 'IncludeOptional d*/x.conf', []],
  ])('%s', (_, line, names) => expect(reads(line)).toEqual(names));

  test('inside a section', () => {
    const told = read({ 'httpd.conf': '<L x>\nInclude i\n</L>', i: '<M>\nA b\n</M>' });
    expect(told.tree).toEqual(['1:1 <L> x@4', '  i:1:1 <M>', '    i:2:1 A b@3']);
  });

  test('a section does not reach over the end of a file', () => {
    const told = read({ 'httpd.conf': '<L x>\nInclude i\nInclude j\n', i: '</L>\n', j: '<M>\n' });
    expect(told.errors).toEqual([
      'i:1:1 SYNTAX </L> closes nothing; expected <L> before it, in the same file.',
      'j:1:1 SYNTAX <M> is not closed; expected </M> before the end of the file.',
      '1:1 SYNTAX <L> is not closed; expected </L> before the end of the file.',
    ]);
  });

  test('variables and modules go in and come back', () => {
    const told = read({
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: httpd's variables.
      'httpd.conf': 'Define X 1\nInclude i\nA ${X} ${Y}\n<IfModule x_module>\nB c\n</IfModule>',
      i: 'A ${X}\nDefine Y 2\nLoadModule x_module x.so\n',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: httpd's variables.
    });
    expect(told.tree).toEqual([
      'i:1:1 A 1@3',
      'i:3:1 LoadModule x_module@12 x.so@21',
      '3:1 A 1@3 2@8',
      '5:1 B c@3',
    ]);
  });

  test('relative to ServerRoot, from its line on', () => {
    inFolder({ a: 'A 1\n', 's/a': 'A 2\n' }, (folder) => {
      const text = `Include a\nServerRoot ${folder}/s\nInclude a\n<IfFile a>\n</IfFile>\n`;
      const nodes = inFolder({ 'httpd.conf': text, a: 'A 0\n' }, (other) => {
        return readConfig(join(other, 'httpd.conf')).nodes;
      });
      expect(nodes.map((node) => `${node.name} ${node.words[0]!.text}`)).toEqual([
        'A 0',
        `ServerRoot ${folder}/s`,
        'A 2',
      ]);
    });
  });

  test('a file may include itself as long as that ends', () => {
    const text = '<IfDefine !X>\nDefine X\nA 1\nInclude httpd.conf\nA 2\n</IfDefine>\n';
    expect(read(text).tree).toEqual(['3:1 A 1@3', '5:1 A 2@3']);
  });

  test('files that include each other', () => {
    const told = read({ 'httpd.conf': 'Include i\n', i: '\nInclude j\n', j: ' Include i\n' });
    expect(told.errors).toEqual([
      'j:1:10 UNREADABLE Include is the 129th inside each other; expected 128 at most. Look for a file that includes itself, among j, i.',
    ]);
  });

  test('files that multiply', () => {
    const files = Array.from({ length: 40 }, (_, i) => [
      `${i}.conf`,
      `Include ${i + 1}.conf\nInclude ${i + 1}.conf\n`,
    ]);
    const told = read({
      ...Object.fromEntries(files),
      '40.conf': '',
      'httpd.conf': 'Include 0.conf\n',
    });
    expect(told.errors.length).toBe(1);
    expect(told.errors[0]).toMatch(
      /^\d+\.conf:\d:9 UNREADABLE the configuration grows beyond 134217728 characters here, /,
    );
  }, 60_000);

  test('links that lead in a circle', () => {
    const told = inFolder({ 'httpd.conf': 'Include d\n', 'd/a': '' }, (folder) => {
      symlinkSync('..', join(folder, 'd/up'));
      symlinkSync('self', join(folder, 'self'));
      return thrown(() => readConfig(join(folder, 'httpd.conf')));
    });
    expect(told).toMatch(/:1:9 Include d: .* is more than 20 directories deep in an included one;/);
  });
});

test('digest and names of files: once each, in the order of reading', () => {
  const files = { 'httpd.conf': 'Include b\nInclude a\nInclude b\n', a: '# ä\n', b: '' };
  inFolder(files, (folder) => {
    const config = readConfig(join(folder, 'httpd.conf'));
    const hash = createHash('sha256');
    for (const text of [files['httpd.conf'], files.b, files.a]) {
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(Buffer.byteLength(text)));
      hash.update(length).update(text);
    }
    expect(config.files).toEqual(['httpd.conf', 'b', 'a'].map((name) => join(folder, name)));
    expect(config.sha256).toBe(hash.digest('hex'));
  });
});

function thrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('what is no file to read', () => {
  const message = (files: Texts) => read(files).errors;

  test('missing', () => {
    expect(message({})).toEqual(['0:0 UNREADABLE the file cannot be read: there is no such file.']);
  });
  test('a directory', () => {
    expect(message({ 'httpd.conf/x': '' })).toEqual([
      '0:0 UNREADABLE the file is a directory; expected a file.',
    ]);
  });
  test('a device', () => {
    expect(message({ 'httpd.conf': 'Include /dev/zero\n' })).toEqual([
      '1:9 UNREADABLE the file /dev/zero is a device or a socket; expected a file. Correct the path, or leave the line out.',
    ]);
  });
  test('but /dev/null is empty', () => expect(read('Include /dev/null\n').errors).toEqual([]));
  test.skipIf(process.getuid?.() === 0)('without permission', () => {
    inFolder({ 'httpd.conf': '' }, (folder) => {
      chmodSync(join(folder, 'httpd.conf'), 0);
      expect(thrown(() => readConfig(join(folder, 'httpd.conf')))).toMatch(
        'its permissions do not allow it',
      );
    });
  });
  test('too large', () => {
    expect(message({ 'httpd.conf': Buffer.alloc(16 * 1024 * 1024 + 1, '#') })).toEqual([
      '0:0 UNREADABLE the file is larger than 16 MiB; expected an httpd configuration.',
    ]);
  });
  test('a zero byte', () => {
    expect(message({ 'httpd.conf': 'Include i\n', i: 'A b\nC \0d\n' })).toEqual([
      'i:2:3 UNREADABLE the file holds a zero byte; expected text.',
    ]);
  });
  test('a byte order mark', () => {
    expect(message({ 'httpd.conf': '\ufeffListen 80\n' })).toEqual([
      '1:1 UNREADABLE the file starts with a byte order mark, which httpd takes for a part of the first name. Save it as UTF-8 without one.',
    ]);
  });
  test('another encoding, outside comments', () => {
    const latin = (text: string) => Buffer.from(text, 'latin1');
    expect(read({ 'httpd.conf': latin('# für\nA b\n') }).tree).toEqual(['2:1 A b@3']);
    expect(message({ 'httpd.conf': latin('# für\nA b\nC dü\nE ü\n') })).toEqual([
      '3:4 UNREADABLE a character here is not UTF-8; expected UTF-8 outside comments. Save the file as UTF-8.',
    ]);
  });
  test('an included path that is longer than any', () => {
    expect(message({ 'httpd.conf': `Include ${'x'.repeat(5000)}\n` })[0]).toMatch(
      /^1:9 UNREADABLE .* characters; expected 4096 at most\.$/,
    );
  });
  test('a file where a directory should be', () => {
    expect(message({ 'httpd.conf': 'IncludeOptional f/*.conf\n', f: '' })).toEqual([
      '1:17 UNREADABLE IncludeOptional f/*.conf: the directory f cannot be read: a part of its path is not a directory; expected one to look for files in.',
    ]);
  });
  test('an empty directory is no fault', () => {
    inFolder({ 'httpd.conf': 'Include d\nA b\n' }, (folder) => {
      mkdirSync(join(folder, 'd'));
      expect(readConfig(join(folder, 'httpd.conf')).nodes.length).toBe(1);
    });
  });
});
