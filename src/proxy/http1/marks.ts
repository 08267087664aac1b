/**
 * Where llhttp finds the names and values of a head's fields. A head is full of them, and a call from WebAssembly into
 * JavaScript costs more than all that is to be done: this is a module of WebAssembly that llhttp calls instead, and
 * that writes down what it is told. What is told of trailers it hands on.
 */
import { instanceOf } from './wasm.ts';

export const NAME = 1;
export const VALUE = 2;

type Told = (parser: number, at: number, length: number) => number;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly name: Told;
  readonly value: Told;
}

/** Bytes of a mark: kind, pointer, length. */
const MARK = 12;
/** More than two marks for each byte of a run, which is 64 KiB at most. */
const PAGES = 2 * MARK + 1;

const text = (name: string) => [name.length, ...Buffer.from(name, 'latin1')];
const section = (id: number, bytes: readonly number[]) => [id, bytes.length, ...bytes];

/** `(parser, at, length)`: with 0 at address 0 `handOn` is called, else a mark is written where the number there says. */
function marking(kind: number, handOn: number): number[] {
  const body = [
    ...[1, 1, 0x7f], // a local: where to write
    ...[0x41, 0, 0x28, 2, 0, 0x22, 3, 0x45, 0x04, 0x7f], // read it; if it is 0
    ...[0x20, 0, 0x20, 1, 0x20, 2, 0x10, handOn, 0x05], // call, else
    ...[0x20, 3, 0x41, kind, 0x36, 2, 0], // the kind,
    ...[0x20, 3, 0x20, 1, 0x36, 2, 4], // the pointer,
    ...[0x20, 3, 0x20, 2, 0x36, 2, 8], // the length,
    ...[0x41, 0, 0x20, 3, 0x41, MARK, 0x6a, 0x36, 2, 0], // and where the next one goes
    ...[0x41, 0, 0x0b, 0x0b], // go on
  ];
  return [body.length, ...body];
}

const FUNCTION = 0;
const MEMORY = 2;
const bytes = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f]), // one type of function
  ...section(2, [2, ...text('on'), ...text('name'), 0, 0, ...text('on'), ...text('value'), 0, 0]),
  ...section(3, [2, 0, 0]), // two functions of that type
  ...section(5, [1, 1, PAGES, PAGES]), // memory that never grows
  ...section(7, [
    3,
    ...[...text('memory'), MEMORY, 0],
    ...[...text('name'), FUNCTION, 2],
    ...[...text('value'), FUNCTION, 3],
  ]),
  ...section(10, [2, ...marking(NAME, 0), ...marking(VALUE, 1)]),
];

/** The first mark is at `FIRST`, the end of the last where `marks[0]` says, in bytes; 0 there: nothing is marked. */
export const FIRST = MARK / 4;
export let marks: Int32Array = new Int32Array(0);

/** What llhttp is to call. `name` and `value` are called while nothing is marked. */
export function markers(name: Told, value: Told): { readonly name: Told; readonly value: Told } {
  const made = instanceOf<Exports>(Uint8Array.from(bytes), { on: { name, value } });
  marks = new Int32Array(made.memory.buffer);
  return made;
}
