/** Of `npm test`. Files that are run by themselves need none of it. */
import { defineConfig } from 'vitest/config';

/**
 * Folders whose tests only compute: their files share processes and the modules loaded there. Every other file has a
 * process of its own, so that none sees another's sockets, threads, signals and environment.
 */
const computing = ['config', 'conformance', 'core', 'lint', 'oracle', 'parity', 'scenario', 'sim'];
const files = computing.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    hookTimeout: 120_000, // as testTimeout: against hanging; on a busy machine keys and servers take their time
    projects: [
      { extends: true, test: { name: 'computing', include: files, isolate: false } },
      { extends: true, test: { name: 'acting', include: ['test/**/*.test.ts'], exclude: files } },
    ],
  },
});
