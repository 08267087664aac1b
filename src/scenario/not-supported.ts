import type { Path } from './document.ts';

/** Every lbmethod that the format names; those outside the registry are not built yet. */
export const formatLbMethods: readonly string[] =
  'heartbeat heartbeat-proportional random p2c leastconn swrr edf first source uri ketama ringhash maglev rendezvous boundedload peakewma leasttime prequal c3 jiq jsq sed byrequests bytraffic bybusyness'.split(
    ' ',
  );

/** What a value at `path` asks for when it belongs to the format but not to this version; else null. */
export function laterValue(path: Path, value: unknown): string | null {
  const place = path.join('.').replace(/^balancers\.[^.]+/, 'balancer');
  if (place === 'balancer.mode' && value === 'tcp') return 'mode tcp';
  if (place === 'balancer.proxies' && Number.isInteger(value) && (value as number) > 1) {
    return 'more than one proxy';
  }
  const isMethod = place === 'balancer.lbmethod' || /^events\.\d+\.manager\.lbmethod$/.test(place);
  if (isMethod && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const names = Object.keys(value);
    if (names.length === 1 && formatLbMethods.includes(names[0]!)) {
      return `an lbmethod with parameters (${names[0]})`;
    }
  }
  return null;
}
