/** AuthType, AuthName, AuthUserFile and AuthBasicProvider: how users prove who they are. */
import type { AuthConf, Require } from '../config.ts';
import { readPasswords } from '../password-file.ts';
import type { SectionDraft } from './drafts.ts';
import { absolute } from './finish.ts';
import type { Reading, Scope } from './reading.ts';
import { inside, oneOf, type Rule } from './rule.ts';

const nothing: AuthConf = { type: null, realm: null, userFile: null };

function say({ dir }: Scope, said: Partial<AuthConf>): void {
  dir.auth = { ...(dir.auth ?? nothing), ...said };
}

const authType: Rule = {
  name: 'AuthType',
  where: inside,
  words: [1, 1],
  read(_, scope, line) {
    const word = line.words[0]!;
    const type = word.text.toLowerCase();
    if (type === 'basic' || type === 'none') say(scope, { type });
    else {
      const message = `${word.text} is not supported by this version; expected Basic or None.`;
      line.refuse(word, message, 'NOT_SUPPORTED');
    }
  },
};

const authName: Rule = {
  name: 'AuthName',
  where: inside,
  words: [1, 1],
  read(_, scope, line) {
    say(scope, { realm: line.words[0]!.text });
  },
};

const authUserFile: Rule = {
  name: 'AuthUserFile',
  where: inside,
  words: [1, 1],
  read(_, scope, line) {
    const { text: path, place } = line.words[0]!;
    say(scope, { userFile: { path, place } });
  },
};

const authBasicProvider: Rule = {
  name: 'AuthBasicProvider',
  where: inside,
  words: [1, Number.POSITIVE_INFINITY],
  read(_, __, line) {
    const other = line.words.find(({ text }) => text !== 'file');
    if (other === undefined) return;
    const message = `${other.text} is not supported by this version; expected file, and AuthUserFile.`;
    line.refuse(other, message, 'NOT_SUPPORTED');
  },
};

export const authRules: readonly Rule[] = [
  authType,
  authName,
  authUserFile,
  authBasicProvider,
  oneOf('AuthBasicFake', inside, ['off'], () => {}),
];

/** After all is read: reads the files of users, and reports where users are required that nobody can be. */
export function settleAuth(reading: Reading): void {
  const [main] = reading.servers;
  for (const server of reading.servers) {
    for (const section of server.sections) readUsers(reading, section);
  }
  for (const server of reading.servers) {
    const all = server === main ? main.sections : [...main.sections, ...server.sections];
    for (const section of server.sections) requireAuth(reading, section, all);
  }
}

function readUsers(reading: Reading, section: SectionDraft): void {
  const { auth } = section;
  if (auth?.userFile == null) return;
  const { path: text, place } = auth.userFile;
  const path = absolute(reading, text);
  section.auth = { ...auth, userFile: { path, place } };
  try {
    readPasswords(path, (line, message) => {
      reading.error({ file: path, line, column: 1 }, 'AuthUserFile', message, 'NOT_SUPPORTED');
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reading.error(place, 'AuthUserFile', `AuthUserFile ${error.message}`, 'REFERENCE');
  }
}

/** `all`: the sections that may say for the same paths what this one does not. */
function requireAuth(reading: Reading, section: SectionDraft, all: readonly SectionDraft[]): void {
  if (!namesUsers(section.require ?? [])) return;
  const said = all
    .filter((one) => one.regex || section.regex || section.path.startsWith(one.path))
    .flatMap(({ auth }) => auth ?? []);
  const missing = [
    ...(said.some(({ type }) => type === 'basic') ? [] : ['AuthType Basic']),
    ...(said.some(({ realm }) => realm !== null) ? [] : ['AuthName']),
    ...(said.some(({ userFile }) => userFile !== null) ? [] : ['AuthUserFile']),
  ];
  if (missing.length === 0) return;
  const message = `Require names users, but nothing says how they prove who they are; add ${missing.join(', ')} to this section.`;
  reading.error(section.place, 'Require', message, 'MISSING');
}

export function namesUsers(lines: readonly Require[]): boolean {
  return lines.some((line) => line.kind === 'user' || ('of' in line && namesUsers(line.of)));
}
