/** JUnit XML: a suite a scenario, a case a gate. What is failed is a failure, what cannot be said an error. */
import junit, { type Builder } from 'junit-report-builder';
import type { CheckResult } from '../../sim/check/result.ts';
import { advice, gateFinding, gateName, stateSentence } from './words.ts';

/** A CommonJS package whose types say that the builder is one `default` deeper than it is. */
const builder = junit as unknown as Builder;

/** The file's text. An inconclusive gate is `skipped` where `allowInconclusive` says that it is no obstacle. */
export function junitXml({ scenarios }: CheckResult, allowInconclusive: boolean): string {
  const report = builder.newBuilder();
  for (const one of scenarios) {
    const suite = report.testSuite().name(`fairlead check ${one.name}`);
    suite.property('lbmethod', one.lbmethod).property('replications', String(one.replications));
    if (one.reference !== null) suite.property('reference', one.reference);
    const state = stateSentence(one);
    if (state !== '')
      suite.testCase().className(one.name).name('the run').file(one.file).error(state);
    for (const gate of one.gates) {
      const test = suite.testCase().className(one.name).name(gateName(gate)).file(one.file);
      const message = `${gateFinding(gate)} (${one.file}:${gate.line})`;
      if (gate.verdict === 'failed') test.failure(message, 'failed');
      else if (gate.verdict === 'no data') test.error(message, 'no data', advice['no data']);
      else if (gate.verdict === 'inconclusive') {
        if (allowInconclusive) test.skipped();
        else test.error(message, 'inconclusive', advice.inconclusive);
      }
    }
  }
  return report.build();
}
