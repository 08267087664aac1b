/**
 * Heads that workers have sent before, by their bytes: the same bytes mean the same, so that they are not parsed, checked and
 * made into an answer's head again. Only of responses that came whole in one read, with nothing behind them, that
 * leave the connection open, and whose length is known from the head. What is a client's own (cookies) and what depends
 * on where it asked (locations) is never kept.
 */
import { wordSum } from '../http1/word-sum.ts';
import { type ResponseHead, SaidAgain } from './backend.ts';

/** Heads that are known at a time; the oldest one goes first. */
const KEPT = 8;
const KEPT_BYTES = 4096;
/** Must be a power of two. */
const SEEN = 64;
/** Two line ends. */
const END = 0x0d0a0d0a;

export interface KnownHead {
  readonly head: ResponseHead;
  /** Of its longest line. */
  readonly longest: number;
  readonly headBytes: number;
  /** Of head and body together. */
  readonly bytes: number;
  readonly text: Buffer;
  /** The same, four bytes at a time, without what is left over. */
  readonly words: Int32Array;
}

/** Newest first. */
const known: KnownHead[] = [];
/** Sums of heads that came: a head is kept when it comes again. */
const seen = new Int32Array(SEEN);

/** The one that a response begins with which is all there is of `bytes` up to `end`. */
export function findHead(bytes: Buffer, end: number): KnownHead | null {
  for (let i = 0; i < known.length; i++) {
    const one = known[i]!;
    if (one.bytes === end && beginsWith(bytes, one)) return one;
  }
  return null;
}

/** `head` has been read from the first `headBytes` of a response of `bytes` that qualifies. */
export function cameAgain(
  response: Buffer,
  headBytes: number,
  bytes: number,
  head: ResponseHead,
  longest: number,
): void {
  if (headBytes > KEPT_BYTES || response.readUInt32BE(headBytes - 4) !== END) return;
  const all = wordsOf(response);
  const own = wordSum(all, 0, Math.min(all.length, headBytes >> 2), headBytes);
  const at = own & (SEEN - 1);
  if (seen[at] !== own) {
    seen[at] = own;
    return;
  }
  if (!mayBeKept(head.rawHeaders)) return;
  const text = Buffer.alloc(headBytes);
  response.copy(text, 0, 0, headBytes);
  const words = new Int32Array(headBytes >> 2);
  words.set(wordsOf(text).subarray(0, words.length));
  const again = { ...head, said: new SaidAgain() };
  if (known.length === KEPT) known.pop();
  known.unshift({ head: again, longest, headBytes, bytes, text, words });
}

/** What a client's own is, what depends on where it asked, and what says where the response ends beside its length. */
const UNFIT =
  /^(?:set-cookie|location|content-location|uri|destination|warning|transfer-encoding|upgrade)$/i;

function mayBeKept(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) if (UNFIT.test(rawHeaders[i]!)) return false;
  return true;
}

function beginsWith(bytes: Buffer, { words, text, headBytes }: KnownHead): boolean {
  const all = wordsOf(bytes);
  if (all.length < words.length) return false;
  for (let i = 0; i < words.length; i++) if (all[i] !== words[i]) return false;
  for (let i = words.length << 2; i < headBytes; i++) if (bytes[i] !== text[i]) return false;
  return true;
}

/** The buffer that all connections read into is asked for over and over. */
let viewed: Buffer | null = null;
let view: Int32Array = new Int32Array(0);

function wordsOf(bytes: Buffer): Int32Array {
  if (bytes !== viewed) {
    const { buffer, byteOffset, length } = bytes;
    const aligned = (byteOffset & 3) === 0;
    view = aligned ? new Int32Array(buffer, byteOffset, length >> 2) : new Int32Array(0);
    viewed = bytes;
  }
  return view;
}
