/** Which modules are there, for `<IfModule>`: by LoadModule, built in, or assumed for a fragment. */
import { posix } from 'node:path';

/** What the usual httpd packages have compiled into the server: identifier and source file. */
const builtIn: Readonly<Record<string, string>> = {
  core: 'core.c',
  http: 'http_core.c',
  log_config: 'mod_log_config.c',
  logio: 'mod_logio.c',
  so: 'mod_so.c',
  unixd: 'mod_unixd.c',
  version: 'mod_version.c',
  watchdog: 'mod_watchdog.c',
};

/** Modules of httpd 2.4 whose source is not named `mod_` and the identifier. */
const sourceNames: ReadonlyMap<string, string> = new Map([
  ['ldap', 'util_ldap.c'],
  ['mpm_event', 'event.c'],
  ['mpm_prefork', 'prefork.c'],
  ['mpm_worker', 'worker.c'],
]);

/** httpd's own modules besides those built in, by identifier without `_module`; of the MPMs the usual one. */
const standard =
  `access_compat actions alias allowmethods asis auth_basic auth_digest auth_form authn_anon authn_core
  authn_dbd authn_dbm authn_file authn_socache authnz_fcgi authnz_ldap authz_core authz_dbd authz_dbm
  authz_groupfile authz_host authz_owner authz_user autoindex brotli buffer cache cache_disk cache_socache
  cern_meta cgi cgid charset_lite data dav dav_fs dav_lock dbd deflate dialup dir dumpio echo env expires
  ext_filter file_cache filter headers heartbeat heartmonitor http2 ident imagemap include info
  lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic lbmethod_heartbeat ldap log_debug log_forensic
  lua macro md mime mime_magic mpm_event negotiation proxy proxy_ajp proxy_balancer proxy_connect
  proxy_express proxy_fcgi proxy_fdpass proxy_ftp proxy_hcheck proxy_html proxy_http proxy_http2 proxy_scgi
  proxy_uwsgi proxy_wstunnel ratelimit reflector remoteip reqtimeout request rewrite sed session
  session_cookie session_crypto session_dbd setenvif slotmem_plain slotmem_shm socache_dbm socache_memcache
  socache_redis socache_shmcb speling ssl status substitute suexec unique_id userdir usertrack vhost_alias
  xml2enc`.split(/\s+/);

const standardNames = new Set(
  standard.flatMap((name) => [`${name}_module`, sourceNames.get(name) ?? `mod_${name}.c`]),
);

export interface Modules {
  /** By identifier (`proxy_module`) or source file (`mod_proxy.c`); case counts. */
  has(name: string): boolean;
  /** The two arguments of a LoadModule line. */
  load(identifier: string, file: string): void;
  /** A LoadModule line was read, or skipped as a part of a section that does not hold. */
  mentioned(): void;
  /** No LoadModule line was mentioned, and a standard module was asked for in vain. */
  readonly wanting: boolean;
}

/** `assumed`: the configuration is a fragment without LoadModule lines; all standard modules are there. */
export function modules(assumed: boolean): Modules {
  const loaded = new Set(
    Object.entries(builtIn).flatMap(([name, source]) => [`${name}_module`, source]),
  );
  let mentioned = false;
  let missed = false;
  return {
    has(name) {
      if (loaded.has(name)) return true;
      if (!standardNames.has(name)) return false;
      missed = true;
      return assumed;
    },
    load(identifier, file) {
      const name = identifier.replace(/_module$/, '');
      loaded.add(identifier);
      const source = sourceNames.get(name);
      if (source !== undefined) loaded.add(source);
      else loaded.add(`mod_${name}.c`).add(posix.basename(file).replace(/\.so$/, '.c'));
    },
    mentioned: () => {
      mentioned = true;
    },
    get wanting() {
      return missed && !mentioned && !assumed;
    },
  };
}
