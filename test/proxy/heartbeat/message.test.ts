import { describe, expect, test } from 'vitest';
import { datagramBeat, postedBeat } from '../../../src/proxy/heartbeat/message.ts';
import { readStorage, writeStorage } from '../../../src/proxy/heartbeat/storage.ts';

const datagram = (text: string) => datagramBeat(Buffer.from(text));
const posted = (text: string) => postedBeat(Buffer.from(text));

describe('a datagram', () => {
  test.each([
    ['v=1&ready=5&busy=2', { ready: 5, busy: 2, port: 80 }],
    ['busy=2&ready=5&v', { ready: 5, busy: 2, port: 80 }],
    ['v=1&ready=5&busy=2&ready=7', { ready: 7, busy: 2, port: 80 }],
    ['v=1&%72eady=%35&busy=2&port=8080', { ready: 5, busy: 2, port: 8080 }],
    ['v=1&ready=5x&busy=-3&port=70000', { ready: 5, busy: -3, port: 80 }],
    ['v=1&ready&busy', { ready: 1, busy: 1, port: 80 }],
    ['ready=5&busy=2', null],
    ['v=1&ready=5', null],
    ['', null],
  ])('%s', (text, beat) => {
    expect(datagram(text)).toEqual(beat);
  });
});

describe('a POST', () => {
  test.each([
    ['ready=5&busy=2', { ready: 5, busy: 2, port: 80 }],
    ['ready=5x&busy=-2', { ready: 0, busy: 0, port: 80 }],
    [`pad=${'x'.repeat(1000)}&ready=5&busy=2`, null],
    ['ready=5', null],
  ])('%s', (text, beat) => {
    expect(posted(text)).toEqual(beat);
  });
});

describe('the storage file', () => {
  test('lines of one server add up, what is no decimal number is left out', () => {
    const text = `# a comment
10.0.0.1 &ready=5&busy=2&lastseen=3&port=80
10.0.0.2 ready=1&busy=x&lastseen=-1
10.0.0.1 &ready=9
nothing
10.0.0.3 &more=1
`;
    expect([...readStorage(text)]).toEqual([
      ['10.0.0.1', { ready: 9, busy: 2, lastseen: 3 }],
      ['10.0.0.2', { ready: 1, busy: 0, lastseen: -1 }],
      ['10.0.0.3', { ready: 0, busy: 0, lastseen: -1 }],
    ]);
  });

  test('what is written reads back', () => {
    const server = { ready: 5, busy: 2, lastseen: 1, port: 8080 };
    const text = writeStorage([['10.0.0.1', server]]);
    expect(text).toBe('10.0.0.1 &ready=5&busy=2&lastseen=1&port=8080\n');
    expect(readStorage(text).get('10.0.0.1')).toEqual({ ready: 5, busy: 2, lastseen: 1 });
  });
});
