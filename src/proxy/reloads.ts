/** What has come of the configurations that a proxy was given while it ran. */
export class Reloads {
  /** 1 for the configuration of the start, one more with each that was taken over. */
  generation = 0;
  /** When the present one was taken over. */
  since = new Date();
  /** Configurations that were not taken over, and the last of them. */
  refused = 0;
  refusal: { readonly at: Date; readonly reasons: string } | null = null;

  taken(): void {
    this.generation++;
    this.since = new Date();
  }

  /** `reasons`: every problem with its place, one a line or more. */
  refuse(reasons: string): void {
    this.refused++;
    this.refusal = { at: new Date(), reasons };
  }
}
