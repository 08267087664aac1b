/** The simulator: a study of a checked scenario, on threads or in this one. */
export { lbmethodOf } from '../src/config/lbmethod-of.ts';
export {
  type Arm,
  type Experiment,
  type ExperimentOptions,
  experiment,
  InvariantError,
  valuesOf,
} from './experiment.ts';
export { Model, type Witness } from './model.ts';
export { type Pool, pool } from './pool.ts';
export { type Replication, type ReplicationTask, replicate } from './replication.ts';
export type * from './result.ts';
export { streams, type Uniform } from './streams.ts';
export { type StudyOptions, study } from './study.ts';
export { type Job, type Runner, runnerFor, type Task } from './tasks.ts';
