/** What differs between the rules and httpd, in words; empty when nothing does. */
import { messageOf, sorted } from './message.ts';
import type { Ours } from './ours.ts';

/** A route with control characters that goes into a header: httpd answers 500, we put blanks. */
const unprintableRoute = /SID=[^? ]*%(?:0|7f)/i;

export function differences(
  request: string,
  mine: Ours,
  recorded: readonly string[],
  answer: string,
): string[] {
  const real = messageOf(answer);
  const status = Number(real.start.slice(9, 12));
  if (mine.refusal !== null) {
    if (recorded.length > 0)
      return [`httpd proxied, we refuse with ${mine.refusal}: ${recorded[0]}`];
    // What becomes of a balancer's name that goes on with the path depends on its characters.
    const same =
      mine.refusal === 0 || status === mine.refusal || (mine.refusal === 500 && status === 400);
    if (!same) return [`httpd answers ${real.start}, we ${mine.refusal}`];
    // Not proxied: httpd's files may answer, and OPTIONS is no error.
    const error = status > 400 && mine.refusal !== 400;
    if (!error) return [];
    return fields('own answer', ownFields(mine.response), ownFields(real.rawHeaders));
  }
  if (recorded.length === 0)
    return [`httpd answers itself: ${real.start}; we send ${mine.forwarded}`];
  const [got, sent] = [messageOf(recorded[0]!), messageOf(mine.forwarded)];
  const found: string[] = [];
  if (got.start !== sent.start) found.push(`httpd sends ${got.start}`, `we send    ${sent.start}`);
  if (got.rawHeaders[0] !== 'Host') found.push('httpd sends another field first');
  if (got.body !== sent.body) found.push('bodies differ');
  found.push(...fields('to the backend', sorted(sent.rawHeaders), sorted(got.rawHeaders)));
  const bytes = [recorded[0]!.length, mine.forwarded.length];
  if (found.length === 0 && bytes[0] !== bytes[1])
    found.push(`httpd sends ${bytes[0]} bytes, we ${bytes[1]}`);
  if (status === 500 && unprintableRoute.test(request)) return found;
  if (status !== mine.status) return [...found, `httpd answers ${real.start}, we ${mine.status}`];
  found.push(
    ...fields('to the client', clientFields(mine.response), clientFields(real.rawHeaders)),
  );
  return found;
}

function fields(where: string, mine: readonly string[], real: readonly string[]): string[] {
  const ours = mine.map(masked);
  const theirs = real.map(masked);
  if (ours.join('\n') === theirs.join('\n')) return [];
  const only = (a: string[], b: string[]) => a.filter((line) => !b.includes(line));
  const lines = [
    ...only(theirs, ours).map((line) => `${where}, httpd: ${line}`),
    ...only(ours, theirs).map((line) => `${where}, we:    ${line}`),
  ];
  return lines.length > 0
    ? lines
    : [`${where}, in another order: ${theirs.join(' | ')}; we: ${ours.join(' | ')}`];
}

/** Times differ from run to run. */
function masked(line: string): string {
  return line.replace(/\bt=\d+/, 't=#').replace(/\bD=\d+/, 'D=#');
}

/** Without what the front adds, and without the proxy's own time. */
function clientFields(rawHeaders: readonly string[]): string[] {
  return sorted(rawHeaders).filter(
    (line) =>
      !/^(Connection|Keep-Alive|Transfer-Encoding):|^Date: (now|.* 20[2-9]\d .*)$/i.test(line),
  );
}

/** Of an answer that the proxy makes itself: what configuration adds to it. */
function ownFields(rawHeaders: readonly string[]): string[] {
  return clientFields(rawHeaders).filter((line) => /^X-/i.test(line));
}
