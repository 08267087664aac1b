import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 inline more of the event loop before it gives up: its own limit of 920 bytes of bytecode leaves the calls of
 * a request's way standing, and each of them costs a new look at every object and array around it. With 6000 nothing of
 * it is left standing, but what is compiled then costs a run of some 100 000 requests more than it gains. Takes effect
 * on what is compiled later, for the whole process; changes no result.
 */
export function inlineMore(): void {
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=2200');
}
