/** A thread as the supervisor has it, asked for what it cannot do. */
import { expect, onTestFinished, test } from 'vitest';
import { zeroOfClock } from '../../../dist/src/proxy/clock.js';
import { addressKey, listenOnly } from '../../../dist/src/proxy/threads/descriptors.js';
import { Gauges, gaugesFor } from '../../../dist/src/proxy/threads/gauges.js';
import { Generations } from '../../../dist/src/proxy/threads/generations.js';
import { sharedClients } from '../../../dist/src/proxy/threads/shared-clients.js';
import { WorkerThread } from '../../../dist/src/proxy/threads/worker-thread.js';
import { ask, backend, balancer } from '../rig.ts';
import { listening } from './threads-rig.ts';

test('a thread holds what it has taken over, not what it cannot, and serves by it', async () => {
  const a = await backend('a');
  const config = listening(balancer([a.url]));
  const [conf] = config.listen as [(typeof config.listen)[0]];
  const socket = await listenOnly(conf);
  const sockets = { [addressKey(conf)]: socket.fd };
  const gauges = gaugesFor(1);
  new Gauges(gauges, 1).clear();
  const start = {
    number: 1,
    zero: zeroOfClock(),
    channel: 'x',
    gauges,
    clients: sharedClients(1),
    limits: {},
    shadow: null,
  };
  const thread = new WorkerThread(start, () => {});
  onTestFinished(async () => {
    await thread.worker.terminate();
    socket.close();
  });
  const generations = new Generations(1, (generation) => thread.held.has(generation));
  generations.exchange(config, await generations.prepare(config, [1, 2, 3, 4]));
  await thread.prepare(config, sockets);
  await thread.take(generations.shares);
  const absent = { name: '/absent.mjs', file: '/absent.mjs' };
  const faulty = { ...config, balancers: [{ ...config.balancers[0]!, lbmethod: absent }] };
  await expect(thread.prepare(faulty, sockets)).rejects.toThrow('absent.mjs');
  expect([...thread.held]).toEqual([1]);
  await thread.prepare(config, sockets);
  const { balancers, workers } = generations.shares;
  const [share] = balancers as [(typeof balancers)[0]];
  const memory = { ...share.memory, balancer: new SharedArrayBuffer(8) };
  const broken = { generation: 2, balancers: [{ ...share, memory }], workers };
  await expect(thread.take(broken)).rejects.toThrow();
  expect([...thread.held]).toEqual([1]);
  expect((await ask(socket.address.port, '/')).body).toBe('a');
});
