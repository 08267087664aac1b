// Just what is used of WebAssembly: its types come with those of the browser, which are not wanted here.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What a module of WebAssembly exports, made over `imports`; compiling it may take some milliseconds. */
export function instanceOf<Exports>(bytes: Uint8Array, imports: object): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Exports;
}
