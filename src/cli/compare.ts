import { methodsFrom, scenarioFrom } from './input.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/** `fairlead compare`. */
export async function compare(
  path: string,
  options: SimulateOptions & { lbmethod?: string },
): Promise<void> {
  const scenario = scenarioFrom(path, options.seed);
  await simulate(scenario, await methodsFrom(options.lbmethod, scenario), options);
}
