/** Which sections of a file are open, and what a closing line closes. */
import type { Place } from '../config.ts';
import type { Node, Section } from '../tree.ts';
import type { Findings } from './findings.ts';

/** Sections inside each other in one file; what reads the tree may go into it by recursion. */
const depthMax = 500;

/** A section whose children are still coming. */
export type OpenSection = Omit<Section, 'children'> & { readonly children: Node[] };

/**
 * The file, or what stands in a conditional section that holds. Sections that start in a block end in it.
 */
export interface Block {
  add(node: Node): void;
  /** Nodes come into `section` from now on, until a line closes it. */
  open(section: OpenSection): void;
  /** A conditional section that holds: what it has comes in its place. */
  enter(section: OpenSection): Block;
  /** The block that `enter` gave has ended. */
  leave(): void;
  /** The line closes the conditional section: exactly, and no other section is open. */
  endsWith(line: string): boolean;
  /** `closed`: the line has its `>`. true: the block ends here, though not as it should. */
  close(name: string, closed: boolean, place: Place): boolean;
  /** Tells which sections nothing closed. httpd takes the end of a file for that of a conditional section. */
  endOfFile(): void;
}

/** The whole file as a block. */
export function fileBlock(found: Findings, into: Node[]): Block {
  return block(found, [], into);
}

/** `all`: what is open in the file, the conditional section of this block last. */
function block(found: Findings, all: OpenSection[], root: Node[]): Block {
  const base = all.length;
  const condition = all.at(-1);
  const top = () => (all.length > base ? all.at(-1)! : null);
  const target = () => top()?.children ?? root;
  const push = (section: OpenSection) => {
    all.push(section);
    if (all.length <= depthMax) return;
    const message = `${opening(section)} is inside more than ${depthMax} sections; expected fewer. Look for one that is never closed.`;
    found.stop(section.place, opening(section), message, 'SYNTAX');
  };
  const wrong = (place: Place, name: string, message: string) =>
    found.error(place, closing(name), `${closing(name)} ${message}`, 'SYNTAX');

  return {
    add: (node) => target().push(node),
    open(section) {
      target().push(section);
      push(section);
    },
    enter(section) {
      const into = target();
      push(section);
      return block(found, all, into);
    },
    leave: () => all.pop(),
    endsWith(line) {
      if (condition === undefined || all.length > base || !line.startsWith('</')) return false;
      return line.toLowerCase() === closing(condition.name).toLowerCase();
    },
    close(name, closed, place) {
      const last = top();
      const index = all.findLastIndex((section) => sameName(section.name, name));
      const fault = (message: string) =>
        wrong(
          place,
          name,
          closed ? message : `has no >; expected </${name}> without blanks in it.`,
        );
      if (index === base - 1 && condition !== undefined) {
        fault(last ? stillOpen(last) : 'has something after it; expected it alone on its line.');
        all.length = base;
        return true;
      }
      if (index >= base) {
        if (all[index] !== last) fault(stillOpen(last!));
        else if (!closed) fault('');
        all.length = index;
      } else if (index >= 0) {
        fault(stillOpen(all.at(-1)!));
      } else if (last) {
        fault(
          `closes nothing; expected ${closing(last.name)} for ${opening(last)} of line ${last.place.line}.`,
        );
        all.pop();
      } else {
        const inside = condition
          ? ` and inside ${opening(condition)} of line ${condition.place.line}`
          : '';
        fault(`closes nothing; expected <${name}> before it, in the same file${inside}.`);
      }
      return false;
    },
    endOfFile() {
      for (const section of all.splice(base)) {
        const message = `${opening(section)} is not closed; expected ${closing(section.name)} before the end of the file.`;
        if (condition) found.warn(section.place, opening(section), message, 'SYNTAX');
        else found.error(section.place, opening(section), message, 'SYNTAX');
      }
      if (condition === undefined) return;
      const message = `${opening(condition)} is not closed; httpd lets it end with the file. Write ${closing(condition.name)} where it ends.`;
      found.warn(condition.place, opening(condition), message, 'SYNTAX');
    },
  };
}

export const opening = ({ name }: { readonly name: string }) => `<${name}>`;
const closing = (name: string) => `</${name}>`;

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A closing line came before that of `section`. */
export function stillOpen(section: { readonly name: string; readonly place: Place }): string {
  return `comes while ${opening(section)} of line ${section.place.line} is open; expected ${closing(section.name)} first.`;
}
