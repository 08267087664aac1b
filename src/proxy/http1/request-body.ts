/** The body of a client's request, as it comes. It never fails by itself: the exchange's listener is told. */
import { Readable } from 'node:stream';

export class RequestBody extends Readable {
  readonly #wanted: () => void;

  /** `wanted`: more may come, after `push` has said no. */
  constructor(wanted: () => void) {
    super({ highWaterMark: 65_536, autoDestroy: false });
    this.#wanted = wanted;
  }

  /** Whoever reads it has taken all that came: it is the client's turn. */
  get starved(): boolean {
    return this.readableFlowing === true && this.readableLength === 0;
  }

  override _read(): void {
    this.#wanted();
  }
}
