/** The largest of many small counts, kept up while they change by any steps. O(1) for steps of one. */
export class Peak {
  max = 0;
  /** How many of the counts have each value. */
  #having = new Uint32Array(64);

  constructor(count: number) {
    this.#having[0] = count;
  }

  change(from: number, to: number): void {
    if (to >= this.#having.length) this.#grow(to);
    const having = this.#having;
    having[from]--;
    having[to]++;
    if (to > this.max) this.max = to;
    else if (from === this.max) while (having[this.max] === 0) this.max--;
  }

  #grow(to: number): void {
    let length = this.#having.length;
    while (length <= to) length *= 2;
    const longer = new Uint32Array(length);
    longer.set(this.#having);
    this.#having = longer;
  }
}
