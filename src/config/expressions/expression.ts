/** What an httpd expression says (spec: httpd 6.2), as plain data. Texts are latin1: one character is one byte. */

/** Something with a text as its value. */
export type Operand =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: Variable }
  | { readonly kind: 'call'; readonly name: StringFunction; readonly argument: Operand }
  | { readonly kind: 'joined'; readonly parts: readonly Operand[] };

/** Something that holds, or does not. */
export type Expression =
  | { readonly kind: 'constant'; readonly holds: boolean }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Operand;
      readonly right: Operand;
    }
  /** `regex`: a source for JavaScript, without flags. */
  | { readonly kind: 'match'; readonly operand: Operand; readonly regex: string }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'test'; readonly name: Test; readonly operand: Operand };

/** Texts are compared byte by byte by those with signs, as integers by those with letters. */
export type Comparison =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '-eq'
  | '-ne'
  | '-lt'
  | '-le'
  | '-gt'
  | '-ge';

/** Not empty; empty; not empty and none of off, no, false and 0. */
export type Test = 'n' | 'z' | 'T';

export const variables = ['REQUEST_STATUS', 'REQUEST_METHOD', 'CONTENT_TYPE', 'HC_BODY'] as const;
export type Variable = (typeof variables)[number];

/** `resp`: a header of the response. `hc('body')`: its body. */
export const stringFunctions = ['resp', 'hc', 'tolower', 'toupper'] as const;
export type StringFunction = (typeof stringFunctions)[number];
