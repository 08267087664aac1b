/** `Define`, `UnDefine` and `${NAME}`, as httpd keeps and replaces them. */
import { append, type Line, type MutableLine, offsetIn } from './source.ts';

/** What one line may grow to through variables that hold each other's values. */
export const lineCharactersMax = 1024 * 1024;

export interface Variables {
  /** For `<IfDefine>`: case counts. */
  isDefined(name: string): boolean;
  /** An empty value is none: the name is defined, and keeps the value that it had. */
  define(name: string, value: string): void;
  undefine(name: string): void;
  /**
   * The line with every `${NAME}` replaced: by the value of `Define` (case aside), else by the environment's
   * (case counts). Others stay as written and are told to `unknown`, but for names with a colon. A value is
   * not searched again. null: the line would get longer than `lineCharactersMax`.
   */
  replace(line: Line, unknown: (name: string, offset: number) => void): Line | null;
}

/** `defines`: names given on the command line. */
export function variables(defines: readonly string[], env: NodeJS.ProcessEnv): Variables {
  const defined = new Set(defines);
  const values = new Map<string, string>();
  const lookUp = (name: string) => {
    const value = values.get(name.toLowerCase());
    return value ?? (Object.hasOwn(env, name) ? env[name] : undefined);
  };
  return {
    isDefined: (name) => defined.has(name),
    define(name, value) {
      defined.add(name);
      if (value !== '') values.set(name.toLowerCase(), value);
    },
    undefine(name) {
      defined.delete(name);
      values.delete(name.toLowerCase());
    },
    replace(line, unknown) {
      if (line.text.length > lineCharactersMax) return null;
      const replaced: MutableLine = { text: '', stretches: [] };
      let taken = 0;
      for (let at = line.text.indexOf('${'); at >= 0; ) {
        const end = line.text.indexOf('}', at);
        if (end < 0) break;
        const name = line.text.slice(at + 2, end);
        const value = lookUp(name);
        if (value !== undefined) {
          append(replaced, line, taken, at);
          const offset = offsetIn(line, at);
          replaced.stretches.push({ at: replaced.text.length, offset, fixed: true });
          replaced.text += value;
          taken = end + 1;
          if (replaced.text.length > lineCharactersMax) return null;
        } else if (!name.includes(':')) unknown(name, offsetIn(line, at));
        at = line.text.indexOf('${', end);
      }
      if (taken === 0) return line;
      append(replaced, line, taken, line.text.length);
      return replaced;
    },
  };
}
