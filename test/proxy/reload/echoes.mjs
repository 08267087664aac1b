/** Three backends in a process of their own: each answers with what it was asked, its name, and what it was sent. */
import { createServer } from 'node:http';

function listen(name) {
  const server = createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const line = `${request.method} ${request.headers['x-nonce']} ${name}\n`;
      const body = Buffer.concat([Buffer.from(line), ...pieces]);
      response.writeHead(200, { 'Content-Length': body.length }).end(body);
    });
  });
  server.keepAliveTimeout = 0; // for ever
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

process.send(await Promise.all(['a', 'b', 'c'].map(listen)));
process.on('disconnect', () => process.exit());
