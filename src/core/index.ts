/** The policy core: what a driver needs. */
export {
  Balancer,
  type BalancerChange,
  type BalancerConfig,
  hundredths,
  type ManagedFlag,
  type Via,
  type WorkerChange,
  type WorkerConfig,
} from './balancer.ts';
export { Exchange, type Step } from './exchange.ts';
export { Exchanges } from './exchanges.ts';
export {
  CHECKS_AT_ONCE,
  type CheckedMember,
  HealthSchedule,
  LOOK_NS,
} from './health-schedule.ts';
export type { Inheritance } from './inherit.ts';
export { type KeyKind, keyOf } from './key.ts';
export {
  type BackendLoad,
  defineLbMethod,
  type Factors,
  keyKindOf,
  type LbMethod,
  valuesOf,
  withParameters,
} from './lbmethod.ts';
export { lbmethods } from './lbmethods/index.ts';
export type { ModifiersConfig } from './modifiers/modifiers.ts';
export { type Outcome, outcomes } from './outcomes.ts';
export type { Parameter, Parameters, ParameterValue, Values } from './parameters.ts';
export { nextBelow, nextUint32 } from './rng.ts';
export {
  isSavedBalancer,
  isSavedWorker,
  type SavedBalancer,
  type SavedWorker,
  saveBalancer,
  saveWorker,
} from './saved.ts';
export { assert, type Candidates, NEVER_NS, NONE, type State, usable } from './state.ts';
export { applyStatus, type StatusLetter, status, statusLetters, statusText } from './status.ts';
export { NO_ROUTE, type RequestRoute, requestRoute, type StickySession } from './stickysession.ts';
