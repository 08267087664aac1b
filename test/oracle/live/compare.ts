/** What differs between two sides, in words; null when nothing does. */
import type { Got, MemberState, Seen } from '../case.ts';

const columns = ['lbstatus', 'elected', 'busy', 'transferred', 'read', 'flags'];

/** The name of a member in print. */
export function letterOf(member: number): string {
  return String.fromCharCode(65 + member);
}

export function stateDifference(
  [oneName, one]: readonly [string, readonly MemberState[]],
  [otherName, other]: readonly [string, readonly MemberState[]],
): string | null {
  if (one.length !== other.length) {
    return `${oneName} has ${one.length} members, ${otherName} ${other.length}`;
  }
  for (const [member, values] of one.entries()) {
    for (const [column, value] of values.entries()) {
      const theirs = other[member][column];
      if (value === theirs) continue;
      const where = `${columns[column]} of ${letterOf(member)}`;
      return `${where}: ${oneName} ${text(value)}, ${otherName} ${text(theirs)}`;
    }
  }
  return null;
}

export function seenDifference(
  [oneName, one]: readonly [string, Seen],
  [otherName, other]: readonly [string, Seen],
): string | null {
  const tries = [triesOf(one), triesOf(other)];
  if (tries[0] !== tries[1]) return `tries: ${oneName} ${tries[0]}, ${otherName} ${tries[1]}`;
  if (one.sent !== other.sent) {
    return `bytes sent: ${oneName} ${one.sent}, ${otherName} ${other.sent}`;
  }
  if (one.got === null || other.got === null) return null;
  return gotDifference([oneName, one.got], [otherName, other.got]);
}

export function gotDifference(
  [oneName, one]: readonly [string, Got],
  [otherName, other]: readonly [string, Got],
): string | null {
  for (const field of ['status', 'cookie', 'body'] as const) {
    if (one[field] === other[field]) continue;
    return `${field}: ${oneName} ${text(one[field])}, ${otherName} ${text(other[field])}`;
  }
  return null;
}

/** `Bx C`: B was tried in vain, C served; `-`: nobody did. */
export function triesOf({ refused, worker }: Seen): string {
  const tried = refused.map((member) => `${letterOf(member)}x`);
  return [...tried, worker === null ? '-' : letterOf(worker)].join(' ');
}

function text(value: string | number | null): string {
  return JSON.stringify(value);
}
