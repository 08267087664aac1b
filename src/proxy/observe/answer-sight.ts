/**
 * A request under observation: stands between the gateway and the front's answer, so that neither knows of it.
 */
import { nowNs } from '../clock.ts';
import type { ClientListener, ClientRequest, ClientResponse } from '../front.ts';
import type { AnswerLines } from '../head-lines.ts';
import { type Observer, Sight } from './sight.ts';

export class AnswerSight extends Sight implements ClientResponse, ClientListener {
  listener: ClientListener | null = null;
  readonly #response: ClientResponse;

  constructor(request: ClientRequest, response: ClientResponse, observer: Observer) {
    super(request, observer);
    this.#response = response;
    response.listener = this;
  }

  // The answer, on its way to the front.

  interim(status: number, reason: string, rawHeaders: readonly string[]): void {
    this.#response.interim(status, reason, rawHeaders);
  }

  head(
    status: number,
    reason: string,
    rawHeaders: readonly string[],
    close: boolean,
    lines: AnswerLines | null = null,
  ): void {
    const headers = this.observer.headers(this, rawHeaders);
    this.#response.head(status, reason, headers, close, headers === rawHeaders ? lines : null);
    this.headNs = nowNs();
    this.status = status;
    this.headers = headers;
  }

  write(bytes: Buffer, start = 0, end = bytes.length): boolean {
    this.bodyBytes += end - start;
    return this.#response.write(bytes, start, end);
  }

  end(): void {
    this.#response.end();
  }

  drop(): void {
    this.#response.drop();
  }

  tunnel(status: number, reason: string, rawHeaders: readonly string[]) {
    this.headNs = nowNs();
    this.status = status;
    this.headers = rawHeaders;
    return this.#response.tunnel(status, reason, rawHeaders);
  }

  // What the client does.

  clientDrained(): void {
    this.listener?.clientDrained();
  }

  clientClosed(complete: boolean): void {
    this.ended(complete);
    this.listener?.clientClosed(complete);
    this.closed();
  }

  bodyFailed(status: number): void {
    if (this.listener === null) this.#response.drop();
    else this.listener.bodyFailed(status);
  }
}
