/** How many connections a client may have: mod_qos's directive, as httpd itself has none. */
import { isInteger } from '../c-numbers.ts';
import { type Rule, serverOnly } from './rule.ts';

const connectionsPerClient: Rule = {
  name: 'QS_SrvMaxConnPerIP',
  where: serverOnly,
  words: [1, 2],
  read(reading, scope, line) {
    const [word, from] = line.words;
    if (scope.inVirtualHost) return line.refuse(undefined, 'cannot stand in <VirtualHost>.');
    if (!isInteger(word!.text) || Number(word!.text) < 0) {
      return line.refuse(word, `${word!.text}: expected connections, 0 for any number.`);
    }
    if (from !== undefined) {
      const message = `${from.text}: a number of connections from which on it holds is not supported yet; leave it out, then it holds always.`;
      return line.refuse(from, message, 'NOT_SUPPORTED');
    }
    reading.connectionsPerClient = Number(word!.text);
  },
};

export const clientRules: readonly Rule[] = [connectionsPerClient];
