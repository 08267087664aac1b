/** Public API of the package: the policy core. The simulator is `fairlead/sim`, the reports `fairlead/reports`. */
export * from './core/index.ts';
