/** LogFormat, CustomLog and ErrorLog: what they mean, and what is told of wrong ones. */
import { describe, expect, it } from 'vitest';
import { conf } from './conf.ts';

const refusals: readonly (readonly [string, RegExp])[] = [
  ['LogFormat "%h %Q" x', /LogFormat %h %Q: %Q is no format; write %% for a percent sign/],
  ['LogFormat "%{x" x', /ends before it says what to log/],
  ['LogFormat "%f" x', /%f is not supported yet/],
  ['CustomLog logs/x "%^xy"', /%\^ is no format/],
  ['CustomLog "|rotatelogs x" "%h"', /logs through a program are not supported yet/],
  ['CustomLog logs/x "%h" env=', /expected env=NAME or env=!NAME/],
  ['CustomLog logs/x "%h" "expr=true"', /expr=true is not supported yet; use env=NAME/],
  ['CustomLog logs/x', /needs at least 2 words/],
  ['ErrorLog syslog:local1', /syslog is not supported yet/],
  ['ErrorLog "|cat"', /logs through a program are not supported yet/],
  ['LogLevel loud', /LogLevel loud: expected emerg, alert, .* or trace1 to trace8/],
  [
    '<VirtualHost *:80>\nGlobalLog x "%h"\n</VirtualHost>',
    /GlobalLog cannot stand in <VirtualHost>/,
  ],
];

describe('logs', () => {
  it.each(refusals)('%s', (lines, message) => {
    expect(() => conf(lines)).toThrow(message);
  });

  it('nicknames are looked up at the end, json is ours, and files start at ServerRoot', () => {
    const { servers, warnings } = conf(`ServerRoot /srv
CustomLog logs/a later
CustomLog /b json env=!quiet
TransferLog logs/c
CustomLog logs/d nobody
LogFormat "%h" later
LogFormat CLF`);
    const logs = servers[0].accessLogs?.map(({ file, format, env }) => ({ file, format, env }));
    expect(logs).toEqual([
      { file: '/srv/logs/a', format: '%h', env: null },
      { file: '/b', format: null, env: { name: 'quiet', negated: true } },
      { file: '/srv/logs/c', format: '%h %l %u %t "%r" %>s %b', env: null },
      { file: '/srv/logs/d', format: 'nobody', env: null },
    ]);
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^nobody is no nickname of a LogFormat/),
    );
  });

  it('a file with a variable that nothing defines is left out', () => {
    const { servers, ignored, warnings } = conf(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: httpd's variables.
      'CustomLog ${NO_SUCH_DIR}/a "%h"\nErrorLog ${NO_SUCH_DIR}/b',
    );
    expect(servers[0].accessLogs).toBeUndefined();
    expect(ignored.map(({ directive }) => directive)).toEqual(['CustomLog', 'ErrorLog']);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('levels by module, the last general one resets them', () => {
    const { errorLog } = conf(
      'LogLevel proxy:debug\nLogLevel info mod_proxy_balancer.c:trace3 ssl_module:warn',
    );
    expect(errorLog).toEqual({
      file: null,
      level: 'info',
      levels: { proxy_balancer: 'debug', ssl: 'warn' },
    });
  });
});
