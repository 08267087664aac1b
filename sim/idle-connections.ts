/**
 * Idle connections to one worker; the one freed last is used first (spec: httpd 5.5). Only where connections age is
 * it known since when each is idle. The oldest are dropped while there are more than `smax`.
 */
export class IdleConnections {
  size = 0;
  private readonly ttlNs: number;
  private readonly smax: number;
  /** Since when each is idle, oldest first from `head`; null when none ages. */
  private readonly sinceNs: number[] | null;
  private head = 0;

  /** `ttlNs`: null, they do not age. `smax`: null, none is dropped for being too many. */
  constructor(ttlNs: number | null, smax: number | null) {
    this.ttlNs = ttlNs ?? Number.POSITIVE_INFINITY;
    this.smax = smax ?? Number.POSITIVE_INFINITY;
    this.sinceNs = ttlNs === null ? null : [];
  }

  /** Whether there was one that may be used; it has left. */
  take(nowNs: number): boolean {
    if (this.size === 0) return false;
    if (this.sinceNs !== null && nowNs - this.sinceNs[this.sinceNs.length - 1] >= this.ttlNs) {
      this.clear(); // the youngest is too old
      return false;
    }
    this.sinceNs?.pop();
    this.size--;
    return true;
  }

  put(nowNs: number): void {
    this.size++;
    const since = this.sinceNs;
    if (since === null) return;
    since.push(nowNs);
    while (this.size > this.smax && nowNs - since[this.head] >= this.ttlNs) {
      this.head++;
      this.size--;
    }
    if (this.head > this.size) since.splice(0, this.head); // those that left are the most
    if (since.length === this.size) this.head = 0;
  }

  clear(): void {
    this.size = 0;
    this.head = 0;
    if (this.sinceNs !== null) this.sinceNs.length = 0;
  }
}
