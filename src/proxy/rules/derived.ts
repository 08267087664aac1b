/**
 * What is derived from a part of a configuration, kept beside it. Most requests ask for the same as the one before.
 */
export class Derived<Part extends object, What> {
  readonly #all = new WeakMap<Part, { readonly what: What }>();
  readonly #derive: (part: Part) => What;
  #last: Part | null = null;
  #lastWhat: What | null = null;

  constructor(derive: (part: Part) => What) {
    this.#derive = derive;
  }

  of(part: Part): What {
    return part === this.#last ? this.#lastWhat! : this.#look(part);
  }

  #look(part: Part): What {
    let known = this.#all.get(part);
    if (known === undefined) {
      known = { what: this.#derive(part) };
      this.#all.set(part, known);
    }
    this.#last = part;
    this.#lastWhat = known.what;
    return known.what;
  }
}
