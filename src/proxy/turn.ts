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
  let told = 0;
  try {
    while (told < count) {
      const who = waiting[told]!;
      waiting[told++] = null;
      who.turnEnded();
    }
  } finally {
    inTurn = false;
    if (told === count) count = 0;
    else goOn(told); // somebody threw; those behind are told all the same, in a turn of their own
  }
}

/** Only the first `told` have been told. */
function goOn(told: number): void {
  waiting.copyWithin(0, told, count);
  waiting.fill(null, count - told, count);
  count -= told;
  process.nextTick(end);
}
