/** Answers of the proxy itself: a status, a short page. */
import { STATUS_CODES } from 'node:http';
import type { ClientRequest, ClientResponse } from './front.ts';

const explanations: Readonly<Record<number, string>> = {
  400: 'The request could not be understood.',
  401: 'This address is for users who say who they are.',
  403: 'Access to this address is not granted.',
  404: 'Nothing is served at this address.',
  405: 'The method is not allowed here.',
  408: 'The request did not arrive in time.',
  413: 'The body of the request is too large.',
  414: 'The address of the request is too long.',
  421: 'The host of the request is not served over this connection; a new one is needed.',
  429: 'There were too many wrong passwords; try again in a while.',
  431: 'The header of the request is too large.',
  500: 'The proxy could not handle the request.',
  502: 'The server behind the proxy gave no valid answer.',
  503: 'No server behind the proxy can take the request now.',
  504: 'The server behind the proxy did not take the request in time.',
};

const NOT_SERVED = 'The request was not served.';

export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown';
}

/** The page for `status`. Nothing of the request is in it, so nothing needs escaping. */
function errorPage(status: number, text = explanations[status] ?? NOT_SERVED): string {
  const title = `${status} ${reasonOf(status)}`;
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body></html>\n`;
}

/** httpd ends the client's connection behind answers of its own with these (431 is ours). */
const closing: ReadonlySet<number> = new Set([400, 408, 411, 413, 414, 431, 500, 501, 503]);

/** Answers with `body`; to HEAD without it. `extra`: further header pairs. */
export function answerWith(
  request: ClientRequest,
  response: ClientResponse,
  status: number,
  type: string,
  body: string,
  extra: readonly string[],
  close: boolean,
): void {
  const bytes = Buffer.from(body);
  const headers = ['Content-Type', type, 'Content-Length', String(bytes.length), ...extra];
  try {
    response.head(status, reasonOf(status), headers, close || closing.has(status));
  } catch {
    response.drop(); // `Header always` lines gave it what cannot be sent
    return;
  }
  if (request.method !== 'HEAD') response.write(bytes);
  response.end();
}

export function answerError(
  request: ClientRequest,
  response: ClientResponse,
  status: number,
  extra: readonly string[],
  close: boolean,
): void {
  const bodiless = status < 200 || status === 204 || status === 304;
  const page = bodiless ? '' : errorPage(status);
  answerWith(request, response, status, 'text/html; charset=utf-8', page, extra, close);
}

/** A whole response as text, for connections whose request could not even be read. `text`: why. */
export function rawError(status: number, text?: string): string {
  const page = errorPage(status, text);
  return `HTTP/1.1 ${status} ${reasonOf(status)}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(page)}\r\nConnection: close\r\n\r\n${page}`;
}
