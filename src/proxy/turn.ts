/**
 * A turn: all that is done about bytes that have come over one connection. What has to wait until the end of it waits
 * here, since a tick of Node for each request costs more than all that is done in it.
 */

/** Who wants to be told that the turn has ended. */
export interface Turned {
  turnEnded(): void;
}

let inTurn = false;
const waiting: Turned[] = [];

/** Does `work` with `input` as a turn of its own, unless one is under way. */
export function turn<Input>(input: Input, work: (input: Input) => void): void {
  if (inTurn) {
    work(input);
    return;
  }
  inTurn = true;
  try {
    work(input);
  } finally {
    end();
  }
}

/** Outside of any turn: soon. */
export function atEndOfTurn(who: Turned): void {
  if (waiting.push(who) === 1 && !inTurn) process.nextTick(end);
}

function end(): void {
  inTurn = true;
  try {
    for (let i = 0; i < waiting.length; i++) waiting[i]!.turnEnded();
  } finally {
    waiting.length = 0;
    inTurn = false;
  }
}
