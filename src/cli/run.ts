import { methodFrom, scenarioFrom } from './input.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/** `fairlead run`. */
export async function run(
  path: string,
  options: SimulateOptions & { lbmethod?: string },
): Promise<void> {
  const scenario = scenarioFrom(path, options.seed);
  await simulate(scenario, [await methodFrom(options.lbmethod, scenario)], options);
}
