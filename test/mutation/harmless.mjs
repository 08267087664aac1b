/** Faults that change nothing, by their `why`, and the reason. */
export const harmless = {
  'candidates not found again after an error was lifted':
    'an error is lifted in three places. The walk for candidates marks them fresh itself. A routed pick lifts one whose retry time ' +
    'is over, which ends what was found, too, or one with I, which the walk had lifted in the sets that it came to. And recovery ' +
    'is forced only when all are in error: the last of them to fail left nothing fresh.',
};
