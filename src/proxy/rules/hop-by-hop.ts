/**
 * Fields that concern one connection only. What `Connection` names goes, too, with the exceptions below: httpd lets
 * a client delete any field of its request that way, and its own X-Forwarded ones stand only because they are
 * added later; here a client cannot take away what others rely on.
 */

/**
 * Never deleted by `Connection`: the end-to-end and trust fields. This is stricter than httpd.
 */
export function isProtected(lower: string): boolean {
  switch (lower) {
    case 'host':
    case 'cookie':
    case 'set-cookie':
    case 'authorization':
    case 'content-length':
    case 'content-type':
    case 'forwarded':
    case 'via':
    case 'max-forwards':
    case 'date':
    case 'expect':
      return true;
    default:
      return lower.startsWith('x-forwarded-');
  }
}

const NOTHING: readonly string[] = [];

/** Names in lower case that `Connection` asks to remove, without those that mean nothing here; usually empty. */
export function namedByConnection(connection: string | null): readonly string[] {
  if (connection === null) return NOTHING;
  const value = connection.toLowerCase();
  if (value === 'keep-alive' || value === 'close' || value === 'upgrade') return NOTHING;
  const names: string[] = [];
  for (const part of value.split(/[,;]/)) {
    const name = part.trim();
    if (name !== '' && name !== 'close' && !isProtected(name)) names.push(name);
  }
  return names;
}
