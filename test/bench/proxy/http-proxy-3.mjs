/** http-proxy-3 with kept connections and a session cookie, as its documentation shows it. Ports: own, backends'. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';

const [port, ...backends] = process.argv.slice(2).map(Number);
const proxy = createProxyServer({
  agent: new Agent({ keepAlive: true, maxSockets: 1024 }),
  xfwd: true,
});
proxy.on('error', (_, __, response) => response.writeHead(503).end());
let turn = 0;
createServer((request, response) => {
  const route = /ROUTEID=\.node(\d)/.exec(request.headers.cookie ?? '')?.[1];
  const index = route === undefined ? turn++ % backends.length : Number(route);
  proxy.web(request, response, { target: `http://127.0.0.1:${backends[index]}` });
}).listen(port, '127.0.0.1');
process.on('disconnect', () => process.exit());
