import type { Path } from './document.ts';

/** What a value at `path` asks for when it belongs to the format but not to this version; else null. */
export function laterValue(path: Path, value: unknown): string | null {
  const place = path.join('.').replace(/^balancers\.[^.]+/, 'balancer');
  if (place === 'balancer.mode' && value === 'tcp') return 'mode tcp';
  if (place === 'balancer.proxies' && Number.isInteger(value) && (value as number) > 1) {
    return 'more than one proxy';
  }
  return null;
}
