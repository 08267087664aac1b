/** Public API of the proxy: read a configuration, start it, look at its balancers, close it. */
export type { ProxyConfig } from '../config/config.ts';
export { loadHttpd } from '../config/httpd.ts';
export { type ProxyOptions, type RunningBalancer, type RunningProxy, startProxy } from './proxy.ts';
export { type RunningThreads, startThreads, type ThreadsOptions } from './threads/supervisor.ts';
