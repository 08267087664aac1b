/** What the simulator is held to: closed forms where there are any, else a chain solved here. */
export * from './closed.ts';
export * from './counting.ts';
export * from './power-of-d.ts';
export * from './stations.ts';
export * from './time-varying.ts';
