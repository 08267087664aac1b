/** Faults that change nothing, by their `why`, and the reason. */
export const harmless = {};
