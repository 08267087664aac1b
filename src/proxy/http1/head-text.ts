import { nameIn } from '../field-names.ts';
import { HeadLines } from '../head-lines.ts';
import { input } from './llhttp.ts';
import { FIRST, marks, NAME, VALUE } from './marks.ts';

/** A head as text, and where its names and values are in it; put together from what llhttp has marked in each run. */

const SPACE = 0x20;
const TAB = 0x09;

export class HeadText {
  /** What earlier runs had of the head; after `keep` of the last one, the head up to its last value. */
  text = '';
  /** Where the last line begins that has a name. */
  lineStart = 0;
  /** Start and end of a name, start and end of its value; and so on. Only the first `#size` count. */
  readonly #bounds: number[] = [];
  #size = 0;
  #last = VALUE;

  begin(): void {
    this.text = '';
    this.lineStart = 0;
    this.#size = 0;
    this.#last = VALUE;
  }

  get fields(): number {
    return (this.#size + 2) >> 2;
  }

  /**
   * Keeps what a run had of the head; `marked` is where its marks end. `more`: the head goes on behind it. False:
   * a line is folded.
   */
  keep(bytes: Buffer, from: number, to: number, marked: number, more: boolean): boolean {
    if (!more && marked > FIRST && this.text === '') {
      const end = from + marks[marked - 2]! - input + marks[marked - 1]! + '\r\n'.length;
      this.text = bytes.toString('latin1', from, end);
      return this.#locate(marked, 0, true);
    }
    const whole = this.#locate(marked, this.text.length, !more);
    // What follows the last field is not needed; without any field the first line's end has to be found.
    const last = from + this.#end + '\r\n'.length - this.text.length;
    const end = more || !whole || this.#size === 0 ? to : Math.min(to, last);
    if (end > from) this.text += bytes.toString('latin1', from, end);
    return whole;
  }

  /** Notes where names and values are; `base`: where the run begins. False: a line is folded. */
  #locate(marked: number, base: number, complete: boolean): boolean {
    const all = marks;
    const zero = base - input;
    for (let i = FIRST; i < marked; i += 3) {
      const start = zero + all[i + 1]!;
      const end = start + all[i + 2]!;
      if (all[i] === NAME) this.#name(start, end);
      else if (!this.#value(start, end)) return false;
    }
    if (!complete) return true;
    if (this.#last === NAME) this.#add(this.#end, this.#end);
    this.#last = VALUE;
    return true;
  }

  #name(start: number, end: number): void {
    if (this.#last === NAME) {
      if (this.#end === start) {
        this.#end = end;
        return;
      }
      this.#add(start, start); // the one before had no value
    }
    this.#add(start, end);
    this.#last = NAME;
    this.lineStart = start;
  }

  #value(start: number, end: number): boolean {
    if (this.#last === NAME) this.#add(start, end);
    else if (this.#end === start) this.#end = end;
    else return false;
    this.#last = VALUE;
    return true;
  }

  /** Of a complete head, without the line ends behind it. */
  get length(): number {
    return this.#size === 0 ? this.text.indexOf('\r\n\r\n') : this.#end;
  }

  /** Length of the longest line with a field. */
  get longest(): number {
    let longest = 0;
    for (let i = 0; i < this.#size; i += 4) {
      longest = Math.max(longest, this.#bounds[i + 3] - this.#bounds[i]);
    }
    return longest;
  }

  /** Name, value, name, value, …, values without the blanks that llhttp leaves at their ends. */
  rawHeaders(): string[] {
    const { text } = this;
    const bounds = this.#bounds;
    const raw = new Array<string>(this.#size >> 1);
    for (let i = 0, out = 0; i < this.#size; i += 4) {
      const start = bounds[i + 2];
      raw[out++] = nameIn(text, bounds[i]!, bounds[i + 1]!);
      raw[out++] = text.slice(start, trimmedEnd(text, start, bounds[i + 3]));
    }
    return raw;
  }

  /** The lines of a complete head. */
  lines(): HeadLines {
    const bounds = this.#bounds;
    const starts = new Array<number>((this.#size >> 2) + 1);
    for (let i = 0; i < this.#size; i += 4) starts[i >> 2] = bounds[i]!;
    starts[this.#size >> 2] = this.#size === 0 ? 0 : this.#end + '\r\n'.length;
    return new HeadLines(this.rawHeaders(), this.text, starts);
  }

  get #end(): number {
    return this.#bounds[this.#size - 1];
  }

  set #end(end: number) {
    this.#bounds[this.#size - 1] = end;
  }

  #add(start: number, end: number): void {
    this.#bounds[this.#size++] = start;
    this.#bounds[this.#size++] = end;
  }
}

/** llhttp leaves blanks at the end of a value. */
export function withoutBlankEnd(value: string): string {
  return value.slice(0, trimmedEnd(value, 0, value.length));
}

function trimmedEnd(text: string, start: number, end: number): number {
  while (end > start) {
    const last = text.charCodeAt(end - 1);
    if (last !== SPACE && last !== TAB) break;
    end--;
  }
  return end;
}
