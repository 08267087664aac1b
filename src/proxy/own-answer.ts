/** Answers of the proxy itself to a request that it understood, and the small bodies that its own pages take. */
import { answerError, answerWith } from './answer.ts';
import type { Asked } from './passage.ts';
import { ownAnswerHeaders } from './response-headers.ts';

/** Answers with `text`. `extra`: further header pairs. */
export function answerAsked(
  asked: Asked,
  status: number,
  type: string,
  text: string,
  extra: readonly string[] = [],
): void {
  const { request, response, close } = asked;
  const headers = [...extra, ...ownAnswerHeaders(asked, status)];
  answerWith(request, response, status, type, text, headers, close || !request.complete);
}

/** Answers with the proxy's page for `status`. */
export function refuse(asked: Asked, status: number, extra: readonly string[] = []): void {
  const { request, response, close } = asked;
  const headers = [...extra, ...ownAnswerHeaders(asked, status)];
  answerError(request, response, status, headers, close || !request.complete);
}

/** Reads the body up to `bytesMax`, then goes on; a body that breaks off or is too slow is refused. */
export function whenRead(asked: Asked, bytesMax: number, then: (body: Buffer) => void): void {
  const { request, response } = asked;
  const { body } = request;
  if (body === null) {
    then(Buffer.alloc(0));
    return;
  }
  if (request.expectContinue) response.interim(100, 'Continue', []);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    response.listener = null;
    then(Buffer.concat(chunks));
  };
  response.listener = {
    clientDrained() {},
    clientClosed() {
      over = true;
    },
    bodyFailed(status) {
      if (over) return;
      over = true;
      refuse(asked, status);
    },
  };
  body.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) end();
  });
  body.on('end', end);
}
