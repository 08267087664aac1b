import { lbmethodOf } from '../src/config/lbmethod-of.ts';
import type { LbMethod } from '../src/core/index.ts';
import type { Scenario } from '../src/scenario/scenario.ts';

/** Every method that a manager event switches to, under the name that the event has for it. */
export async function alternativesOf(scenario: Scenario): Promise<LbMethod[]> {
  const refs = scenario.events.flatMap((event) =>
    event.kind === 'manager' && event.worker === null && event.change.lbmethod
      ? [event.change.lbmethod]
      : [],
  );
  const methods = await Promise.all(
    refs.map(async (ref): Promise<LbMethod> => {
      return Object.assign(Object.create(await lbmethodOf(ref)), { name: ref.name });
    }),
  );
  return [...new Map(methods.map((method) => [method.name, method])).values()];
}
