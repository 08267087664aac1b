/** Whether an expression holds for the answer to a health check. Texts are latin1, as in `Expression`. */
import { long } from '../c-numbers.ts';
import type { Comparison, Expression, Operand, Test } from './expression.ts';

export interface Answer {
  /** Of the request. */
  readonly method: string;
  readonly status: number;
  /** Name, value, name, value, … */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export function holds(expression: Expression, answer: Answer): boolean {
  switch (expression.kind) {
    case 'constant':
      return expression.holds;
    case 'not':
      return !holds(expression.of, answer);
    case 'and':
      return expression.of.every((one) => holds(one, answer));
    case 'or':
      return expression.of.some((one) => holds(one, answer));
    case 'comparison': {
      const left = textOf(expression.left, answer);
      return comparisons[expression.operator](left, textOf(expression.right, answer));
    }
    case 'match':
      return new RegExp(expression.regex).test(textOf(expression.operand, answer));
    case 'in': {
      const text = textOf(expression.operand, answer);
      return expression.list.some((one) => textOf(one, answer) === text);
    }
    case 'test':
      return tests[expression.name](textOf(expression.operand, answer));
  }
}

/** Whether it takes more of an answer than its status, and the method of its request, to say whether it holds. */
export function looksBeyondStatus(expression: Expression): boolean {
  switch (expression.kind) {
    case 'constant':
      return false;
    case 'not':
      return looksBeyondStatus(expression.of);
    case 'and':
    case 'or':
      return expression.of.some(looksBeyondStatus);
    case 'comparison':
      return needsMore(expression.left) || needsMore(expression.right);
    case 'in':
      return needsMore(expression.operand) || expression.list.some(needsMore);
    case 'match':
    case 'test':
      return needsMore(expression.operand);
  }
}

function needsMore(operand: Operand): boolean {
  if (operand.kind === 'text') return false;
  if (operand.kind === 'joined') return operand.parts.some(needsMore);
  if (operand.kind === 'variable') return !operand.name.startsWith('REQUEST_');
  return operand.name === 'resp' || operand.name === 'hc' || needsMore(operand.argument);
}

function textOf(operand: Operand, answer: Answer): string {
  switch (operand.kind) {
    case 'text':
      return endedAtNul(operand.text);
    case 'joined':
      return operand.parts.map((part) => textOf(part, answer)).join('');
    case 'variable':
      switch (operand.name) {
        case 'REQUEST_STATUS':
          return String(answer.status);
        case 'REQUEST_METHOD':
          return answer.method;
        case 'CONTENT_TYPE':
          return headerOf(answer, 'content-type');
        case 'HC_BODY':
          return endedAtNul(answer.body);
      }
      break;
    case 'call': {
      const argument = textOf(operand.argument, answer);
      switch (operand.name) {
        case 'resp':
          return headerOf(answer, argument);
        case 'hc':
          return endedAtNul(answer.body);
        case 'tolower':
          return argument.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
        case 'toupper':
          return argument.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
      }
    }
  }
}

/** The first header of that name; empty without. */
function headerOf({ rawHeaders }: Answer, name: string): string {
  const wanted = name.toLowerCase();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() === wanted) return rawHeaders[i + 1]!;
  }
  return '';
}

/** Texts of C. */
function endedAtNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

const comparisons: Readonly<Record<Comparison, (left: string, right: string) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '-eq': (left, right) => long(left) === long(right),
  '-ne': (left, right) => long(left) !== long(right),
  '-lt': (left, right) => long(left) < long(right),
  '-le': (left, right) => long(left) <= long(right),
  '-gt': (left, right) => long(left) > long(right),
  '-ge': (left, right) => long(left) >= long(right),
};

const tests: Readonly<Record<Test, (text: string) => boolean>> = {
  n: (text) => text !== '',
  z: (text) => text === '',
  T: (text) => !/^(|off|no|false|0)$/i.test(text),
};
