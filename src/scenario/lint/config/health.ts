/** How verdicts of health checks add up (spec: httpd 6.3). */
import type { ConfigTrap } from './trap.ts';

export const health: readonly ConfigTrap[] = [
  {
    code: 'checks-add-up',
    severity: 'warning',
    find: ({ balancers }) =>
      balancers.flatMap(({ workers }) =>
        workers.flatMap(({ name, health, place, written }) => {
          if (health === null || health.method === 'NONE') return [];
          const { fails, consecutive } = health;
          if (fails < 2 || consecutive) return [];
          const says = `as in httpd, failed checks add up however many passed between them; one failure a day has it out after ${fails} days; write hcconsecutive=On, which httpd does not have, or hcfails=1 and a longer timeout`;
          return [{ place: written['hcfails'] ?? place, subject: `${name} hcfails`, says }];
        }),
      ),
  },
];
