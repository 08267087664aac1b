import { answerAsked, refuse, whenRead } from '../own-answer.ts';
import type { Asked } from '../passage.ts';
import { MESSAGE_BYTES, postedBeat } from './message.ts';
import type { HeartbeatMonitor } from './monitor.ts';

/** `SetHandler heartbeat` (spec: httpd 7.2): a server tells of itself by POST, known by its address. */
export function takeBeat(asked: Asked, monitor: HeartbeatMonitor | null): void {
  if (asked.request.method !== 'POST') refuse(asked, 405, ['Allow', 'POST']);
  else if (monitor === null || !monitor.listens) refuse(asked, 503);
  else {
    whenRead(asked, MESSAGE_BYTES, (body) => {
      const beat = postedBeat(body);
      if (beat === null) {
        refuse(asked, 400);
        return;
      }
      monitor.post(asked.request.remoteAddress, beat);
      answerAsked(asked, 200, 'text/plain', 'OK');
    });
  }
}
