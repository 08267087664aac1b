/** An answer instead of proxying. */
export interface Refusal {
  readonly status: number;
}

export function refused(result: object | string): result is Refusal {
  return typeof result === 'object' && 'status' in result;
}
