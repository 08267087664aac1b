/** The smallest proxy of node:http in front and undici's dispatch behind. Ports: own, backends'. */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [port, ...backends] = process.argv.slice(2).map(Number);
const pools = backends.map((backend) => new Pool(`http://127.0.0.1:${backend}`, { pipelining: 1 }));
let turn = 0;
createServer((request, response) => {
  const route = /ROUTEID=\.node(\d)/.exec(request.headers.cookie ?? '')?.[1];
  const index = route === undefined ? turn++ % backends.length : Number(route);
  const { connection: _, host: __, ...headers } = request.headers;
  pools[index].dispatch(
    { path: request.url, method: request.method, headers },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, sent) {
        const { connection: _, 'keep-alive': __, ...rest } = sent;
        response.writeHead(status, rest);
      },
      onResponseData(_controller, chunk) {
        response.write(chunk);
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.writeHead(503).end();
      },
    },
  );
}).listen(port, '127.0.0.1');
process.on('disconnect', () => process.exit());
