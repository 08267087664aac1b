/** The time that the core is told: whole nanoseconds since the process started, never going back. */
export function nowNs(): number {
  return Math.floor(performance.now() * 1e6);
}
