/** How many connections each client has, wherever they were accepted. */
export interface Clients {
  /** Counts one more of `client`. Returns what to call when it has gone; null: it has `most` already. */
  enter(client: string, most: number): (() => void) | null;
}

/** Those of one thread. */
export class OwnClients implements Clients {
  readonly #open = new Map<string, number>();

  enter(client: string, most: number): (() => void) | null {
    const others = this.#open.get(client) ?? 0;
    if (others >= most) return null;
    this.#open.set(client, others + 1);
    return () => this.#left(client);
  }

  #left(client: string): void {
    const others = this.#open.get(client)! - 1;
    if (others > 0) this.#open.set(client, others);
    else this.#open.delete(client);
  }
}
