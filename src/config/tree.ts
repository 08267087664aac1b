/**
 * An httpd configuration as it is written, after lines are joined, variables replaced, files included and
 * `<IfModule>` and the like decided: directives and sections with their words, each with its place.
 */
import type { Place } from './config.ts';

/** One argument, as httpd's own reader would cut it: quotes removed, `\"` inside them undone. */
export interface Word {
  readonly text: string;
  readonly place: Place;
}

export interface Directive {
  readonly kind: 'directive';
  /** As written; httpd compares names without case. */
  readonly name: string;
  readonly place: Place;
  readonly words: readonly Word[];
  /** All that follows the name, in one piece: for directives that httpd cuts otherwise. Absent without any word. */
  readonly rest?: Word;
}

/** `<Name words…> … </Name>`. The closing `>` belongs to no word. */
export interface Section {
  readonly kind: 'section';
  readonly name: string;
  readonly place: Place;
  readonly words: readonly Word[];
  readonly children: readonly Node[];
}

export type Node = Directive | Section;
