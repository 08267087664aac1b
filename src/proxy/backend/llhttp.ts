/**
 * llhttp, the HTTP parser of Node itself, in the WebAssembly build that undici carries. The path inside undici is
 * private: undici is pinned, and `test/proxy/backend/response-parser.test.ts` covers what is used (decision 0007).
 */
import { createRequire } from 'node:module';

/** What llhttp offers, as far as it is used; pointers and lengths are bytes of `memory`. */
export interface Llhttp {
  readonly memory: { readonly buffer: ArrayBuffer };
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_reset(parser: number): void;
  llhttp_execute(parser: number, data: number, length: number): number;
  llhttp_finish(parser: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_should_keep_alive(parser: number): number;
  malloc(bytes: number): number;
}

/** What llhttp calls while it runs. An answer other than those named stops it with that error. */
export interface Callbacks {
  /** 0: go on. */
  headerField(at: number, length: number): number;
  headerValue(at: number, length: number): number;
  /** 0: a body may follow. 1: none does. 2: none does, and what comes next is another protocol. */
  headersComplete(status: number, keepAlive: number): number;
  body(at: number, length: number): number;
  messageComplete(): number;
}

/** The kind of parser to allocate. */
export const RESPONSE = 2;
/** llhttp's answers that are no error. */
export const OK = 0;
export const PAUSED = 21;
export const PAUSED_UPGRADE = 22;

// Just what is used of WebAssembly: its types come with those of the browser, which are not wanted here.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Compiles llhttp and makes an instance. That takes some milliseconds: do it once, and not before it is needed. */
export function loadLlhttp(callbacks: Callbacks): Llhttp {
  const require = createRequire(import.meta.url);
  const module = new WebAssembly.Module(require('undici/lib/llhttp/llhttp-wasm.js') as Buffer);
  const nothing = () => 0;
  const env = {
    wasm_on_message_begin: nothing,
    wasm_on_url: nothing,
    wasm_on_status: nothing,
    wasm_on_header_field: (_: number, at: number, length: number) =>
      callbacks.headerField(at, length),
    wasm_on_header_value: (_: number, at: number, length: number) =>
      callbacks.headerValue(at, length),
    wasm_on_headers_complete: (_: number, status: number, _upgrade: number, keepAlive: number) =>
      callbacks.headersComplete(status, keepAlive),
    wasm_on_body: (_: number, at: number, length: number) => callbacks.body(at, length),
    wasm_on_message_complete: () => callbacks.messageComplete(),
  };
  return new WebAssembly.Instance(module, { env }).exports as Llhttp;
}
