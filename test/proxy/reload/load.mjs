/**
 * Clients in a process of their own. Requests come at a steady rate, whether earlier ones are answered or not, until there
 * are too many of those: GETs and POSTs, with a session and without, on kept connections, on new ones, over HTTP/2.
 * Every answer is compared with its request. Told to stop, they wait for what is under way, report and end.
 */
import { Client, Http2Client, tally } from './clients.mjs';

const { port, tlsPort, rate } = JSON.parse(process.argv[2]);
/** Kept connections, and requests that wait for one of them; new connections, and streams of HTTP/2, at a time. */
const KEPT = 48;
const WAITING = 200;
const NEW = 48;
const STREAMS = 16;
/** Answers until the proxy counts as under load. */
const WARM = 500;

const routes = ['a', 'b', 'c'];
const idle = [];
const waiting = [];
let kept = 0;
let fresh = 0;
let http2 = null;
let startMs = performance.now();
let due = 0;
let begun = 0;

/** The next request; `i` decides of what kind. */
function requestOf(i) {
  const nonce = `${process.pid}-${i}`;
  const posts = i % 3 === 0;
  return {
    nonce,
    method: posts ? 'POST' : 'GET',
    body: posts ? `${nonce} `.repeat(1 + (i % 7) ** 4) : '',
    chunked: i % 2 === 0,
    route: i % 4 < 2 ? routes[i % 3] : null,
  };
}

function begin() {
  const i = begun++;
  if (tlsPort !== null && i % 10 === 9) {
    if (http2 === null || http2.over) http2 = new Http2Client(tlsPort);
    if (http2.open < STREAMS) http2.ask(requestOf(i));
  } else if (i % 8 === 0) {
    if (fresh >= NEW) return;
    fresh++;
    new Client(port).ask(requestOf(i), false, () => fresh--);
  } else if (waiting.length < WAITING) {
    waiting.push(requestOf(i));
    serve();
  }
}

/** The connection that has been idle for longest takes who has waited for longest. */
function serve() {
  while (waiting.length > 0) {
    let client = idle.shift();
    while (client?.over) {
      kept--;
      client = idle.shift();
    }
    if (client === undefined) {
      if (kept >= KEPT) return;
      kept++;
      client = new Client(port);
    }
    const taken = client;
    taken.ask(waiting.shift(), true, () => {
      if (taken.over) kept--;
      else idle.push(taken);
      if (running) serve();
    });
  }
}

let running = true;
let told = false;

function tick() {
  const now = performance.now();
  due = Math.min(rate / 10, due + (rate * (now - startMs)) / 1000);
  startMs = now;
  for (; due >= 1; due--) begin();
  if (told || tally.answered < WARM) return;
  told = true;
  process.send('warm');
}

const timer = setInterval(tick, 2);
process.on('message', () => {
  clearInterval(timer);
  running = false;
  waiting.length = 0;
  const ended = setInterval(() => {
    if (tally.asked > tally.ended) return;
    clearInterval(ended);
    process.send(tally, () => process.exit());
  }, 5);
});
process.on('disconnect', () => process.exit());
