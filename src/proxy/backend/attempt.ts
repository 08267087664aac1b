/** One try of one request: what the gateway holds of it, and what happens to it on its connection. */
import type { Failure, OutgoingRequest, Try, TryListener } from './backend.ts';
import type { Connection } from './connection.ts';
import type { Seeker } from './opening.ts';
import type { Upload } from './upload.ts';

/** What an attempt stands on: a connection that is being opened, or an open one. */
export interface Carrier {
  pause(): void;
  resume(): void;
  /** Lets go of the attempt and closes. */
  abandon(): void;
}

export class Attempt implements Try, Seeker {
  readonly request: OutgoingRequest;
  readonly listener: TryListener;
  /** null before there is one, and when the try is over. */
  carrier: Carrier | null = null;
  over = false;
  paused = false;
  /** A final head was told. */
  responded = false;
  /** Interim heads so far. */
  interims = 0;
  /** The body waits for an interim 100 or a final head. */
  held: boolean;
  /** What is still to be sent of the request; null: nothing. */
  upload: Upload | null = null;
  /** Something of the request will never be sent. */
  cut = false;

  constructor(request: OutgoingRequest, listener: TryListener) {
    this.request = request;
    this.listener = listener;
    this.held = request.expectContinue;
  }

  pause(): void {
    if (this.over || this.paused) return;
    this.paused = true;
    this.carrier?.pause();
  }

  resume(): void {
    if (this.over || !this.paused) return;
    this.paused = false;
    this.carrier?.resume();
  }

  abort(): void {
    if (this.over) return;
    const { carrier } = this;
    this.end();
    carrier?.abandon();
  }

  opened(connection: Connection): void {
    const wanted = this.listener.connected();
    if (this.over) {
      connection.close();
      return;
    }
    if (!wanted) {
      this.end();
      connection.close();
      return;
    }
    if (!connection.begin(this)) this.fail('writeGone');
  }

  /** The try is over; nothing is told any more except by the caller. */
  end(): void {
    this.over = true;
    this.carrier = null;
    if (this.upload !== null) {
      this.upload.stop();
      this.upload = null;
    }
  }

  /** Ends without a response, or inside its body. */
  fail(why: Failure, statusLineBytes = 0, detail = ''): void {
    if (this.over) return;
    const { responded, listener } = this;
    this.end();
    if (responded) listener.truncated();
    else listener.failed(why, statusLineBytes, detail);
  }
}
