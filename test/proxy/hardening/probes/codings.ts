/** Transfer-Encoding: `chunked` alone and nothing else, or refused; never beside a length. */
import { type Probe, refused, served } from '../probe.ts';
import { chunked, end, hidden, post } from './text.ts';

/** A coding that is not known may be said to be just that. */
const UNKNOWN = [400, 501];

const body = `3\r\nabc\r\n${end}`;
const length = `Content-Length: ${end.length}\r\n`;

function coded(...lines: readonly string[]): string {
  return `${post}${lines.join('\r\n')}\r\n\r\n${body}`;
}

export const codingProbes: readonly Probe[] = [
  served('chunked', coded('Transfer-Encoding: chunked'), 'POST /x abc'),
  served('without a blank', coded('Transfer-Encoding:chunked'), 'POST /x abc'),
  served('a tab before', coded('Transfer-Encoding:\tchunked'), 'POST /x abc'),
  served('blanks around', coded('Transfer-Encoding:   chunked  '), 'POST /x abc'),
  served('in upper case', coded('TRANSFER-ENCODING: CHUNKED'), 'POST /x abc'),
  served('in mixed case', coded('tRaNsFeR-eNcOdInG: cHuNkEd'), 'POST /x abc'),
  served(
    'TE does not go on',
    coded('Transfer-Encoding: chunked', 'TE: trailers, chunked'),
    ['POST /x abc'],
    { lacks: /^TE:/im },
  ),
  served(
    'Content-Encoding frames nothing',
    `${post}Content-Encoding: chunked\r\n${length}\r\n${end}`,
    [`POST /x ${end}`],
  ),
  served(
    'an underscore makes another field',
    `${post}Transfer_Encoding: chunked\r\n${length}\r\n${end}`,
    [`POST /x ${end}`],
  ),
  refused('length, then chunked', 400, `${post}${length}${chunked}\r\n${end}`),
  refused('chunked, then length', 400, `${post}${chunked}${length}\r\n${end}`),
  refused('length 0 and chunked', 400, `${post}Content-Length: 0\r\n${chunked}\r\n${end}`),
  refused(
    'CL.TE with a request behind',
    400,
    `${post}Content-Length: ${(end + hidden).length}\r\n${chunked}\r\n${end}${hidden}`,
  ),
  refused(
    'TE.CL with a request inside',
    400,
    `${post}${chunked}Content-Length: 4\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n${end}`,
  ),
  refused(
    'both, and Connection: close',
    400,
    `${post}Connection: close\r\n${length}${chunked}\r\n${end}`,
  ),
  refused(
    'both, the length hidden by Connection',
    400,
    `${post}Connection: Content-Length\r\n${length}${chunked}\r\n${end}`,
  ),
  refused(
    'both, chunked hidden by Connection',
    400,
    `${post}Connection: Transfer-Encoding\r\n${length}${chunked}\r\n${end}`,
  ),
  refused('both, in a GET', 400, `GET /x HTTP/1.1\r\nHost: x\r\n${length}${chunked}\r\n${end}`),
  refused('both, in HTTP/1.0', 400, `POST /x HTTP/1.0\r\nHost: x\r\n${length}${chunked}\r\n${end}`),
  refused('chunked in HTTP/1.0', 400, `POST /x HTTP/1.0\r\nHost: x\r\n${chunked}\r\n${end}`),
  refused('twice', 400, coded('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')),
  refused('twice in a list', 400, coded('Transfer-Encoding: chunked, chunked')),
  refused('a comma in front', UNKNOWN, coded('Transfer-Encoding: ,chunked')),
  refused('a comma behind', 400, coded('Transfer-Encoding: chunked,')),
  refused('not last', UNKNOWN, coded('Transfer-Encoding: chunked, gzip')),
  refused(
    'not last, in two lines',
    400,
    coded('Transfer-Encoding: chunked', 'Transfer-Encoding: gzip'),
  ),
  refused('behind another', UNKNOWN, coded('Transfer-Encoding: gzip, chunked')),
  refused(
    'behind another, in two lines',
    400,
    coded('Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'),
  ),
  refused('behind identity', UNKNOWN, coded('Transfer-Encoding: identity, chunked')),
  refused('before identity', UNKNOWN, coded('Transfer-Encoding: chunked, identity')),
  refused('identity', UNKNOWN, coded('Transfer-Encoding: identity')),
  refused('gzip', UNKNOWN, coded('Transfer-Encoding: gzip')),
  refused('empty', UNKNOWN, coded('Transfer-Encoding:')),
  refused('empty and a length', UNKNOWN, `${post}Transfer-Encoding:\r\n${length}\r\n${end}`),
  refused('empty, then chunked', 400, coded('Transfer-Encoding:', 'Transfer-Encoding: chunked')),
  refused('in quotes', UNKNOWN, coded('Transfer-Encoding: "chunked"')),
  refused('in apostrophes', UNKNOWN, coded("Transfer-Encoding: 'chunked'")),
  refused('a parameter', UNKNOWN, coded('Transfer-Encoding: chunked;q=1')),
  refused('a semicolon', UNKNOWN, coded('Transfer-Encoding: chunked;')),
  refused('a prefix', UNKNOWN, coded('Transfer-Encoding: xchunked')),
  refused('a suffix', UNKNOWN, coded('Transfer-Encoding: chunkedx')),
  refused('cut short', UNKNOWN, coded('Transfer-Encoding: chunke')),
  refused('blanks between', UNKNOWN, coded('Transfer-Encoding: gzip chunked')),
  refused('a word behind', UNKNOWN, coded('Transfer-Encoding: chunked gzip')),
  refused('a blank before the colon', 400, coded('Transfer-Encoding : chunked')),
  refused('a tab before the colon', 400, coded('Transfer-Encoding\t: chunked')),
  refused('a blank in front', 400, coded('X: y', ' Transfer-Encoding: chunked')),
  refused('a blank for the hyphen', 400, coded('Transfer Encoding: chunked')),
  refused('folded', 400, coded('Transfer-Encoding:', ' chunked')),
  refused('folded with a tab', 400, coded('Transfer-Encoding:', '\tchunked')),
  refused('folded behind', 400, coded('Transfer-Encoding: chunked', ' , gzip')),
  refused(
    'folded in OPTIONS',
    400,
    `OPTIONS /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n${end}`,
  ),
  refused('vertical tab', 400, coded('Transfer-Encoding:\x0bchunked')),
  refused('form feed', 400, coded('Transfer-Encoding: chunked\x0c')),
  refused('NUL', 400, coded('Transfer-Encoding: chunked\0')),
  refused('CR behind', 400, coded('Transfer-Encoding: chunked\r')),
  refused('no-break space in front', UNKNOWN, coded('Transfer-Encoding: \xa0chunked')),
  refused('no-break space behind', UNKNOWN, coded('Transfer-Encoding: chunked\xa0')),
  refused('a bare LF before it', 400, coded('X: y\nTransfer-Encoding: chunked')),
  refused('a bare CR before it', 400, coded('X: y\rTransfer-Encoding: chunked')),
];
