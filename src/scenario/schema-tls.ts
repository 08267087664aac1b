/** The shape of what a proxy does about TLS. */
import { z } from 'zod';
import { tlsVersions } from '../config/tls.ts';
import { list, map, onOff, whole } from './schema-parts.ts';

const filePhrase = 'the path of a PEM file';
export const pemFile = z.string(filePhrase).min(1, filePhrase);

const versionsPhrase = 'a list of TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3';
const verifyPhrase = 'require or none';
const ciphersPhrase = "ciphers in OpenSSL's words, such as ECDHE+AESGCM";

/** httpd's SSLProxy lines, without SSLProxy. */
export const sslProxy = map('TLS towards workers, such as { cacertificatefile: ./ca.pem }', {
  cacertificatefile: pemFile
    .describe('Who may have signed certificates of workers; the authorities of Node when missing.')
    .optional(),
  carevocationfile: pemFile
    .describe(
      'Lists of revoked certificates, one of every authority in a chain; nobody looks when missing.',
    )
    .optional(),
  verify: z
    .enum(['require', 'none'], verifyPhrase)
    .describe('none: whoever signed it. `require` when missing.')
    .optional(),
  verifydepth: whole('a whole number from 0 to 100', 0, 100)
    .describe('Certificates that may stand above that of a worker; any number when missing.')
    .optional(),
  checkpeername: onOff
    .describe('The certificate must be for the host of the url; On when missing.')
    .optional(),
  checkpeerexpire: onOff
    .describe('The certificate must be valid today; On when missing.')
    .optional(),
  protocol: list(versionsPhrase, z.enum(tlsVersions, versionsPhrase))
    .describe('What is spoken; TLSv1.2 and TLSv1.3 when missing.')
    .optional(),
  ciphersuite: z
    .string(ciphersPhrase)
    .min(1, ciphersPhrase)
    .describe('Ciphers with colons between them, suites of TLS 1.3 (TLS_…) among them.')
    .optional(),
  certificate: pemFile
    .describe('What is shown to workers that ask: a certificate, its chain behind it.')
    .optional(),
  key: pemFile
    .describe('Private key of the certificate; in the same file when missing.')
    .optional(),
}).describe('How a proxy speaks to workers with https: and wss: URLs.');
