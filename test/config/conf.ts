/** What a text means as an httpd.conf, read from a file as any other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BalancerConf, MemberConf, ProxyConfig } from '../../src/config/config.ts';
import { loadHttpd } from '../../src/config/httpd.ts';
import { LabError, type Problem } from '../../src/problems/errors.ts';

/** @throws LabError */
export function conf(text: string): ProxyConfig {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-conf-'));
  try {
    const path = join(directory, 'httpd.conf');
    writeFileSync(path, text);
    return loadHttpd(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The problems of a text; empty when it is accepted. */
export function problemsOf(text: string): readonly Problem[] {
  try {
    conf(text);
    return [];
  } catch (error) {
    if (error instanceof LabError) return error.problems;
    throw error;
  }
}

/** The first balancer of `text`. */
export function balancer(text: string): BalancerConf {
  return conf(text).balancers[0]!;
}

/** A balancer around `lines`. */
export function balancerWith(lines: string): BalancerConf {
  return balancer(`<Proxy balancer://c>\n${lines}\n</Proxy>`);
}

/** A member with `parameters`. */
export function member(parameters: string): MemberConf {
  return balancerWith(`BalancerMember http://h ${parameters}`).workers[0]!;
}

export function warningsOf(text: string): readonly string[] {
  return conf(text).warnings.map(({ message }) => message);
}
