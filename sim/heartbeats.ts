/** The backends' heartbeats and the monitor of each proxy (spec: httpd 7), for methods that listen to them. */
import { HeartMonitor } from './heart-monitor.ts';
import type { World } from './model.ts';
import type { ProxyInstance } from './proxy.ts';
import type { Uniform } from './streams.ts';

/** Starts them; the first datagrams are published at once. */
export function startHeartbeats(world: World): void {
  const { timers, proxies, stations, troubles } = world;
  const { scenario, stream } = world.options;
  const { workers, heartbeat } = scenario.balancer;
  const { intervalNs, publishNs, loss } = heartbeat;
  const monitors = proxies.map((proxy) => ({
    proxy,
    monitor: new HeartMonitor(workers.length),
    losses: loss === 0 ? null : workers.map(({ name }) => stream(streamName(name, proxy))),
  }));

  const beat = (nowNs: number): void => {
    workers.forEach((_, worker) => {
      if (troubles.isSilent(worker)) return;
      const busy = stations.serving.all[worker].value;
      for (const { proxy, monitor, losses } of monitors) {
        const lost = losses !== null && isLost(losses[worker], loss);
        if (lost || proxy.links[worker].cuts > 0) continue;
        monitor.hear(worker, stations.slots[worker] - busy, busy, nowNs);
      }
    });
    timers.at(nowNs + intervalNs, beat);
  };
  const publish = (nowNs: number): void => {
    for (const { proxy, monitor } of monitors) monitor.publish(proxy.balancer);
    timers.at(nowNs + publishNs, publish);
  };
  beat(0);
  publish(0);
}

function streamName(worker: string, { index }: ProxyInstance): string {
  return `heartbeat/${worker}${index === 0 ? '' : `/${index + 1}`}`;
}

function isLost(uniform: Uniform, loss: number): boolean {
  return uniform() < loss;
}
