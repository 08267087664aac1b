/** Log files: rotation, disks that are full, files that cannot be had. */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { LogFile } from '../../../src/proxy/observe/log-file.ts';
import { startProxy } from '../../../src/proxy/proxy.ts';
import { backend, balancer, configuration, refusingPort, rig } from '../rig.ts';
import { linesOf, logFolder } from './sides.ts';

test('after reopen lines go to a new file; those before stay in the old one', async () => {
  const path = join(logFolder(), 'log');
  const file = new LogFile(path, () => {});
  file.write('one\n');
  await linesOf(path, 1);
  renameSync(path, `${path}.1`);
  file.reopen();
  file.write('two\n');
  expect(await linesOf(path, 1)).toEqual(['two']);
  expect(await linesOf(`${path}.1`, 1)).toEqual(['one']);
  await file.close();
});

test('a file that was moved is opened anew by itself', async () => {
  const path = join(logFolder(), 'log');
  const file = new LogFile(path, () => {}, 1);
  file.write('one\n');
  await linesOf(path, 1);
  renameSync(path, `${path}.1`);
  let written = 0;
  await vi.waitUntil(
    () => {
      file.write(`${written++}\n`);
      try {
        return readFileSync(path, 'latin1') !== '';
      } catch {
        return false;
      }
    },
    { timeout: 20_000, interval: 20 },
  );
  await file.close();
  const old = await linesOf(`${path}.1`, 1);
  const all = [...old.slice(1), ...(await linesOf(path, 1))];
  expect(all).toEqual(Array.from({ length: written }, (_, i) => `${i}`));
});

test('everything is written before it is closed, whatever the size, in order', async () => {
  const path = join(logFolder(), 'log');
  const file = new LogFile(path, () => {});
  const lines = Array.from({ length: 50_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}`);
  for (const line of lines) file.write(`${line}\n`);
  await file.close();
  expect(readFileSync(path, 'latin1').split('\n').slice(0, -1)).toEqual(lines);
  expect(file.lost).toBe(0);
});

test('a full disk is told once, and requests go on', async () => {
  const one = await backend('one');
  const told: string[] = [];
  const proxy = await rig(`CustomLog /dev/full "%r"\n${balancer([one.url])}`, {
    log: (line) => told.push(line),
  });
  expect((await proxy.get()).body).toBe('one');
  await vi.waitUntil(() => told.length > 0, { timeout: 20_000 });
  expect((await proxy.get()).body).toBe('one');
  await proxy.proxy.close();
  expect(told).toEqual([expect.stringMatching(/^\/dev\/full: ENOSPC.*; 1 lines are lost so far$/)]);
});

test('a disk that does not keep up: lines are dropped, memory is not', async () => {
  const told: string[] = [];
  const path = join(logFolder(), 'log');
  const file = new LogFile(path, (line) => told.push(line));
  const line = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 40_000; i++) file.write(line); // no turn of the event loop, no disk
  expect(file.lost).toBeGreaterThan(20_000);
  expect(told).toEqual([expect.stringContaining('the disk does not keep up')]);
  await file.close();
  expect(readFileSync(path, 'latin1').length).toBe((40_000 - file.lost) * line.length);
});

test('a log that cannot be opened is told with its line, before anything listens', async () => {
  const config = configuration('ProxyPass / !\nCustomLog /no/such/folder/x "%h"');
  await expect(startProxy(config)).rejects.toThrow(
    /httpd\.conf:3:1 the log \/no\/such\/folder\/x cannot be opened: its folder does not exist/,
  );
  const other = configuration('ProxyPass / !\nErrorLog /');
  await expect(startProxy(other)).rejects.toThrow(
    /httpd\.conf:3:1 the log \/ cannot be opened: it is a folder/,
  );
});

test('ErrorLog: time, module, level; LogLevel says how much', async () => {
  const one = await backend('one');
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const logged = async (levels: string) => {
    const path = join(logFolder(), 'error.log');
    const lines = `ErrorLog ${path}\n${levels}\n${balancer([down, one.url])}`;
    const proxy = await rig(lines, { log: (line) => expect.fail(line) });
    await proxy.get('/x');
    await proxy.proxy.close();
    return (await linesOf(path, 0)).map((line) =>
      line
        .replace(/^\[\w{3} \w{3} \d\d \d\d:\d\d:\d\d\.\d{6} \d{4}\] /, '')
        .replace(/:\d+\] GET/, '] GET'),
    );
  };
  const pid = `[pid ${process.pid}]`;
  const error = `[proxy:error] ${pid} balancer://c: ${down}: no connection: refused, unreachable or not in time`;
  const tried = `[proxy:info] ${pid} [client 127.0.0.1] GET /x: ${down}: connectFailed`;
  const picked = (url: string) =>
    `[proxy_balancer:debug] ${pid} [client 127.0.0.1] GET /x: search: ${url}`;
  expect(await logged('')).toEqual([error]);
  expect(await logged('LogLevel crit')).toEqual([]);
  expect(await logged('LogLevel warn proxy:info')).toEqual([tried, error]);
  expect(await logged('LogLevel info mod_proxy_balancer.c:trace2 proxy:crit')).toEqual([
    picked(down),
    picked(one.url),
  ]);
});

test('ErrorLog: a line is cut as httpd cuts it, whatever a client made of it', async () => {
  const path = join(logFolder(), 'error.log');
  const down = `http://127.0.0.1:${await refusingPort()}`;
  const proxy = await rig(
    `ErrorLog ${path}\nLogLevel info\nLimitRequestLine 20000\n${balancer([down])}`,
  );
  await proxy.get(`/${'a'.repeat(12_000)}`);
  await proxy.proxy.close();
  const lines = await linesOf(path, 1);
  expect(lines.find((line) => line.includes('GET /aaa'))?.length).toBe(8190);
});
