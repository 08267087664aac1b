import type { Passed } from './rules/said-again.ts';

const SPACE = 0x20;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** The lines of a head's fields as they came, so that those which go on unchanged need not be put together again. */
export class HeadLines {
  /** The fields that these are the lines of: name, value, name, value, … */
  readonly fields: readonly string[];
  readonly #text: string;
  /** Where each line begins in the text, and where the last one ends. */
  readonly #starts: readonly number[];
  /** They are the same object each time that they come. */
  repeated = false;
  /** What went on of them last. */
  passed: Passed | null = null;

  /** `text` ends with the last of them. */
  constructor(fields: readonly string[], text: string, starts: readonly number[]) {
    this.fields = fields;
    this.#text = text;
    this.#starts = starts;
  }

  /** Whether the line of the field whose name is `fields[at]` is `Name: value`, with not a blank more or less. */
  isPlain(at: number): boolean {
    const { fields } = this;
    const text = this.#text;
    const start = this.#starts[at >> 1]!;
    const end = this.#starts[(at >> 1) + 1]!;
    const colon = start + fields[at]!.length;
    return (
      end - colon === ': \r\n'.length + fields[at + 1]!.length &&
      text.charCodeAt(colon + 1) === SPACE &&
      text.charCodeAt(end - 2) === CARRIAGE_RETURN &&
      text.charCodeAt(end - 1) === LINE_FEED
    );
  }

  /** The lines from the field at `from` to before the one at `to`, with their line ends. */
  between(from: number, to: number): string {
    return this.#text.slice(this.#starts[from >> 1], this.#starts[to >> 1]);
  }
}

/** The lines of an answer's fields that are said again, once they have been put together. */
export class AnswerLines {
  /** With the status line; empty before. */
  text = '';
  /** Content-Length; -1 without one. */
  length = -1;
  /** The text with the lines behind it of an answer that another may follow, and these. */
  whole = '';
  behind = '';
}
