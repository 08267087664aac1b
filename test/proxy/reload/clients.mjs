/** Clients that check each answer and count what became of each request. */
import { connect as connect2, constants } from 'node:http2';
import { connect } from 'node:net';

export const tally = {
  asked: 0,
  ended: 0,
  answered: 0,
  http2: 0,
  posts: 0,
  sessions: 0,
  connections: 0,
  /** Could not connect. */
  refused: 0,
  /** Streams that the server said it had not looked at. */
  unprocessed: 0,
  /** By number: new connections that ended without a byte. */
  unaccepted: [],
  /** The last connection that has brought an answer. */
  lastAnswered: 0,
  /** Requests without an answer, or with a wrong one. */
  faults: [],
  firstMs: 0,
  lastMs: 0,
};

function ended(fault) {
  tally.ended++;
  if (fault !== null && tally.faults.push(fault) > 100) throw new Error(tally.faults.join('\n'));
}

function check({ nonce, method, body, route }, status, text) {
  const found = /^(\S+) (\S+) ([abc])\n/.exec(text);
  const right =
    status === 200 &&
    found !== null &&
    found[1] === method &&
    found[2] === nonce &&
    (route === null || found[3] === route) &&
    text.slice(found[0].length) === body;
  if (!right) return `${method} ${nonce} of session ${route}: ${status} ${text.slice(0, 100)}`;
  tally.answered++;
  if (method === 'POST') tally.posts++;
  if (route !== null) tally.sessions++;
  tally.firstMs ||= performance.now();
  tally.lastMs = performance.now();
  return null;
}

/** A connection of HTTP/1.1. */
export class Client {
  /** No further request may be sent. */
  over = false;
  #number = ++tally.connections;
  #requests = 0;
  #connected = false;
  #read = '';
  #error = '';
  #request = null;
  #done = () => {};
  #socket;

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('connect', () => {
      this.#connected = true;
    });
    this.#socket.on('data', (text) => {
      this.#read += text;
      this.#look();
    });
    this.#socket.on('error', ({ code }) => {
      this.#error = code;
    });
    this.#socket.on('end', () => {
      this.over = true;
    });
    this.#socket.on('close', () => {
      this.over = true;
      if (this.#request !== null) this.#end(this.#unanswered());
    });
  }

  ask(request, keeps, done) {
    tally.asked++;
    this.#requests++;
    this.#request = request;
    this.#done = done;
    this.#read = '';
    const { nonce, method, body, chunked, route } = request;
    let head = `${method} /${nonce} HTTP/1.1\r\nHost: a.test\r\nX-Nonce: ${nonce}\r\n`;
    if (route !== null) head += `Cookie: S=x.${route}\r\n`;
    if (!keeps) head += 'Connection: close\r\n';
    if (method === 'GET') this.#socket.write(`${head}\r\n`);
    else if (!chunked) this.#socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    else {
      this.#socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      this.#socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    }
  }

  #look() {
    const end = this.#read.indexOf('\r\n\r\n');
    if (this.#request === null || end < 0) return;
    const head = this.#read.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    if (this.#read.length < end + 4 + length) return;
    if (/\r\nconnection: *close/i.test(head)) this.over = true;
    tally.lastAnswered = Math.max(tally.lastAnswered, this.#number);
    const text = this.#read.slice(end + 4);
    this.#end(check(this.#request, Number(head.slice(9, 12)), text));
    if (this.over) this.#socket.end();
  }

  #unanswered() {
    if (!this.#connected) tally.refused++;
    else if (this.#requests === 1 && this.#read === '') tally.unaccepted.push(this.#number);
    else {
      const read = this.#read.slice(0, 100);
      return `request ${this.#requests} of connection ${this.#number}: ${this.#error} after ${this.#read.length} bytes ${read}`;
    }
    return null;
  }

  #end(fault) {
    this.#request = null;
    ended(fault);
    this.#done();
  }
}

/** A connection of HTTP/2 over TLS, of many requests at a time. */
export class Http2Client {
  over = false;
  /** Streams without an answer yet. */
  open = 0;
  #connected = false;
  /** Streams above it have not been looked at. */
  #last = Number.POSITIVE_INFINITY;
  #session;

  constructor(port) {
    const lookup = (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
    this.#session = connect2(`https://a.test:${port}`, { lookup, rejectUnauthorized: false });
    this.#session.on('connect', () => {
      this.#connected = true;
    });
    this.#session.on('goaway', (_, last) => {
      this.over = true;
      this.#last = last;
    });
    this.#session.on('error', () => {});
    this.#session.on('close', () => {
      this.over = true;
    });
  }

  ask(request) {
    tally.asked++;
    this.open++;
    const { nonce, method, body, route } = request;
    const stream = this.#session.request({
      ':method': method,
      ':path': `/${nonce}`,
      'x-nonce': nonce,
      ...(route !== null && { cookie: `S=x.${route}` }),
    });
    let status = 0;
    let text = '';
    let complete = false;
    stream.setEncoding('latin1');
    stream.on('response', (fields) => {
      status = fields[':status'];
    });
    stream.on('data', (piece) => {
      text += piece;
    });
    stream.on('end', () => {
      complete = status !== 0;
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      this.open--;
      if (complete) {
        tally.http2++;
        ended(check(request, status, text));
      } else ended(this.#unanswered(stream, status));
    });
    if (method === 'POST') stream.end(body);
  }

  #unanswered({ id, rstCode }, status) {
    if (!this.#connected) tally.refused++;
    else if (id === undefined || id > this.#last || rstCode === constants.NGHTTP2_REFUSED_STREAM) {
      tally.unprocessed++;
    } else return `stream ${id}: ${status}, code ${rstCode}`;
    return null;
  }
}
