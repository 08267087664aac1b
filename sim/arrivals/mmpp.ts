import type { MmppSpec } from '../../src/scenario/scenario.ts';
import type { Uniform } from '../streams.ts';
import type { Source } from './source.ts';

/**
 * A Poisson process whose rate goes through the states in turn, each held for an exponential time; the first begins
 * at time 0. What is left of a unit exponential at the end of a state is spent in the next: exact, and one draw an
 * arrival. `phases` is a stream of its own, so that rates can be changed and the states stay where they are.
 */
export function mmpp(states: MmppSpec['states'], uniform: Uniform, phases: Uniform): Source {
  const hold = (state: number) => -states[state].meanNs * Math.log(1 - phases());
  let state = 0;
  const at = Float64Array.of(0, hold(0)); // now, and the end of the state
  return {
    next() {
      let left = -Math.log(1 - uniform());
      for (;;) {
        const perNs = states[state].perSecond / 1e9;
        const room = (at[1] - at[0]) * perNs;
        if (left < room) {
          at[0] += left / perNs;
          return Math.round(at[0]);
        }
        left -= room;
        at[0] = at[1];
        state = (state + 1) % states.length;
        at[1] += hold(state);
      }
    },
  };
}
