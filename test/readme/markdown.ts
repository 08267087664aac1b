/** The parts of a Markdown text that a test can hold to something. */

export interface Fence {
  readonly language: string;
  /** What follows the language: the name of the file shown; empty for commands. */
  readonly file: string;
  readonly lines: readonly string[];
}

/** All fenced blocks, in order. */
export function fencesOf(markdown: string): Fence[] {
  return [...markdown.matchAll(/^```(\w+) *(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, file, text]) => ({ language, file, lines: text.trimEnd().split('\n') }),
  );
}

export interface Shown {
  readonly command: string;
  /** Lines of its output; `…` stands for what is left out. */
  readonly output: readonly string[];
}

/** The commands of a fenced block: every line of `sh`, the lines after `$` of `console`. */
export function commandsOf({ language, lines }: Fence): Shown[] {
  if (language === 'sh' || language === 'bash') {
    return lines.map((command) => ({ command, output: [] }));
  }
  if (language !== 'console') return [];
  const starts = lines.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
  return starts.map((start, i) => ({
    command: lines[start].slice(2),
    output: lines.slice(start + 1, starts[i + 1]),
  }));
}

/** Targets of links and images inside the project, without those of other sites. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** GitHub's anchors of the headings. */
export function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The lines of `shown` that do not occur in `text` in this order; `…` and empty lines stand for anything. */
export function missingLines(shown: readonly string[], text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  let from = 0;
  return shown.filter((line) => {
    if (line.trim() === '' || line.trim() === '…') return false;
    const at = lines.indexOf(line.trimEnd(), from);
    if (at !== -1) from = at + 1;
    return at === -1;
  });
}
