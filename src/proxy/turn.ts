/**
 * A turn: all that is done about bytes that have come over one connection. What has to wait until the end of it waits
 * here, since a tick of Node for each request costs more than all that is done in it.
 */

/** Who wants to be told that the turn has ended. */
export interface Turned {
  turnEnded(): void;
}

let inTurn = false;
/** The first `count` count: cutting an array short costs more than all else that is done here. */
const waiting: (Turned | null)[] = [];
let count = 0;

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
  if (count === 0 && !inTurn) process.nextTick(end);
  waiting[count++] = who;
}

function end(): void {
  inTurn = true;
  try {
    for (let i = 0; i < count; i++) {
      waiting[i]!.turnEnded();
      waiting[i] = null;
    }
  } finally {
    count = 0;
    inTurn = false;
  }
}
