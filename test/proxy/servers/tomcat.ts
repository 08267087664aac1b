/** Real Tomcats (Debian's packages tomcat10-user and a Java runtime), each with its own base folder and jvmRoute. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOME = '/usr/share/tomcat10';
const JAVA = '/usr/bin/java';

export const hasTomcat = existsSync(join(HOME, 'bin/bootstrap.jar')) && existsSync(JAVA);

export interface Tomcat {
  readonly port: number;
  /** Kills it, as a crash would: connections are refused from then on. */
  kill(): Promise<void>;
}

/** Counts the requests of a session: answers `COUNT SESSION-ID`. */
const COUNTER = `<%@ page session="true" contentType="text/plain" %><%
Integer n = (Integer) session.getAttribute("n");
n = n == null ? 1 : n + 1;
session.setAttribute("n", n);
%><%= n %> <%= session.getId() %>`;

/** Starts a Tomcat in `folder` that serves the counter at `/app/`; `port` 0 takes a free one. */
export async function startTomcat(folder: string, jvmRoute: string, port = 0): Promise<Tomcat> {
  for (const name of ['conf', 'webapps/app', 'logs', 'temp', 'work']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  cpSync(join(HOME, 'skel/conf/web.xml'), join(folder, 'conf/web.xml'));
  writeFileSync(join(folder, 'webapps/app/index.jsp'), COUNTER);
  writeFileSync(
    join(folder, 'conf/server.xml'),
    `<Server port="-1"><Service name="Catalina">
       <Connector port="${port}" address="127.0.0.1" protocol="HTTP/1.1"/>
       <Engine name="Catalina" defaultHost="localhost" jvmRoute="${jvmRoute}">
         <Host name="localhost" appBase="webapps"/>
       </Engine>
     </Service></Server>`,
  );
  const bin = join(HOME, 'bin');
  const java = spawn(JAVA, [
    '-Xmx128m',
    ...['-cp', `${bin}/bootstrap.jar:${bin}/tomcat-juli.jar`],
    ...[`-Dcatalina.home=${HOME}`, `-Dcatalina.base=${folder}`],
    `-Djava.io.tmpdir=${folder}/temp`,
    ...['org.apache.catalina.startup.Bootstrap', 'start'],
  ]);
  const stop = () => java.kill('SIGKILL');
  process.once('exit', stop);
  const kill = async () => {
    process.off('exit', stop);
    if (java.exitCode !== null || java.signalCode !== null) return;
    stop();
    await once(java, 'exit');
  };
  return { port: await listeningPort(java), kill };
}

/** Tomcat says on stderr which port it took, then that it has started. */
function listeningPort(java: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    java.stderr?.on('data', (chunk) => {
      log += chunk;
      const port = /Starting ProtocolHandler \["http-nio-127\.0\.0\.1-(?:auto-\d+-)?(\d+)"\]/.exec(
        log,
      );
      if (port && log.includes('Server startup in')) resolve(Number(port[1]));
    });
    java.on('error', reject);
    java.on('exit', () => reject(new Error(`Tomcat ended:\n${log}`)));
  });
}
