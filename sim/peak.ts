/** The largest of many small counts, kept up while they change by any steps. O(1) for steps of one. */
export class Peak {
  max = 0;
  /** How many of the counts have each value; an array of small integers, which V8 reads faster than a typed one. */
  private readonly having: number[] = [0];

  constructor(count: number) {
    this.having[0] = count;
  }

  change(from: number, to: number): void {
    const having = this.having;
    if (to >= having.length) this.#makeRoom(to);
    having[from]--;
    having[to]++;
    if (to > this.max) this.max = to;
    else if (having[this.max] === 0) this.#sink();
  }

  #makeRoom(value: number): void {
    while (value >= this.having.length) this.having.push(0);
  }

  #sink(): void {
    while (this.having[this.max] === 0) this.max--;
  }
}
