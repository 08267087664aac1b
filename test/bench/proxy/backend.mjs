/**
 * A backend that answers every request at once with 128 bytes over kept connections; as small as can be, so that
 * the proxy is what is measured. `fork`ed: tells its port, ends with its parent.
 */
import { createServer } from 'node:net';

const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n${'x'.repeat(128)}`;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

const server = createServer((socket) => {
  socket.setNoDelay();
  socket.on('error', () => {});
  let open = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    open = open.length === 0 ? chunk : Buffer.concat([open, chunk]);
    let answers = '';
    for (let end = open.indexOf(END_OF_HEAD); end >= 0; end = open.indexOf(END_OF_HEAD)) {
      answers += ANSWER;
      open = open.subarray(end + 4);
    }
    if (answers !== '') socket.write(answers);
  });
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
