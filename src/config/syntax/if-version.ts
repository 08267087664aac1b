/** `<IfVersion [[!]operator] version>`. */

/** The httpd whose behaviour the project rebuilds (spec: httpd, provenance). */
const version = [2, 4, 71] as const;

const operators: ReadonlyMap<string, (difference: number) => boolean> = new Map([
  ['=', (difference: number) => difference === 0],
  ['==', (difference: number) => difference === 0],
  ['>', (difference: number) => difference > 0],
  ['>=', (difference: number) => difference >= 0],
  ['<', (difference: number) => difference < 0],
  ['<=', (difference: number) => difference <= 0],
]);

/** Whether the section holds, or what is wrong with its arguments. */
export function ifVersion(operator: string, wanted: string): boolean | string {
  const negated = operator.length > 1 && operator.startsWith('!');
  const plain = negated ? operator.slice(1) : operator;
  const holds = compare(plain, wanted);
  return typeof holds === 'boolean' ? holds !== negated : holds;
}

function compare(operator: string, wanted: string): boolean | string {
  if (operator === '~') return matches(wanted);
  const holds = operators.get(operator);
  if (!holds)
    return `has the operator ${operator}; expected =, ==, >, >=, <, <= or ~, perhaps with ! in front`;
  if (operator.startsWith('=') && wanted.startsWith('/')) {
    if (wanted.length > 1 && wanted.endsWith('/')) return matches(wanted.slice(1, -1));
    return `has the regular expression ${wanted}; expected a / at its end, too`;
  }
  const parts = wanted.split('.');
  if (!/^[0-9.]+$/.test(wanted) || parts.length > 3)
    return `has the version ${wanted}; expected major, major.minor or major.minor.patch, in digits, after an operator and a blank`;
  const differences = version.map((part, i) => part - Number(parts[i] ?? 0));
  return holds(differences.find((difference) => difference !== 0) ?? 0);
}

function matches(regex: string): boolean | string {
  try {
    return new RegExp(regex).test(version.join('.'));
  } catch {
    return `has the regular expression ${regex}, which is none; expected one to match ${version.join('.')} with`;
  }
}
