/** V8 gives a field the kind of number it first holds: what begins with this is a double before the first other one comes. */
export const DOUBLE = Number.NaN;
