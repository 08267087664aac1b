/**
 * The built program, run once for each message and without a process of its own each time: its two hundred modules are
 * loaded once, and `main.js` anew for every command. A command is over when nothing of it keeps a process alive.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const streams = { stdout: process.stdout, stderr: process.stderr };
let runs = 0;

process.on('disconnect', () => process.exit());
process.on('message', async ({ program, args, cwd }) => {
  const alive = process.getActiveResourcesInfo().length;
  const written = { stdout: [], stderr: [] };
  for (const [name, stream] of Object.entries(streams)) {
    stream.removeAllListeners('error'); // each run of main.js has its own
    stream.write = (chunk, ...more) => {
      written[name].push(Buffer.from(chunk));
      more.find((one) => typeof one === 'function')?.();
      return true;
    };
  }
  process.argv = [process.execPath, program, ...args];
  process.chdir(cwd);
  process.exitCode = 0;
  await import(`${pathToFileURL(program)}?run=${runs++}`);
  while (process.getActiveResourcesInfo().length > alive) await sleep(1, null, { ref: false });
  process.chdir('/'); // the folder may go now
  const [stdout, stderr] = Object.keys(streams).map((name) => Buffer.concat(written[name]));
  const code = process.exitCode;
  process.exitCode = 0;
  process.send({ code, stdout: stdout.toString(), stderr: stderr.toString() });
});
