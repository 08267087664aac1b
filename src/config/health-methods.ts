/** Health checks of a member for which nothing is said, and the methods there are (spec: httpd 6.1). */
import type { HealthCheckConf, HealthMethod } from './config.ts';

export const healthMethods: readonly HealthMethod[] = [
  'NONE',
  'TCP',
  'OPTIONS',
  'HEAD',
  'GET',
  'OPTIONS11',
  'HEAD11',
  'GET11',
];

export const noChecks: HealthCheckConf = {
  method: 'NONE',
  intervalNs: 30e9,
  passes: 1,
  fails: 1,
  consecutive: false,
  uri: '',
  expr: '',
  condition: null,
};

/** In any case of letters; undefined for none. */
export function healthMethod(text: string): HealthMethod | undefined {
  return healthMethods.find((name) => name === text.toUpperCase());
}
