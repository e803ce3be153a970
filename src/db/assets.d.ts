declare module "*.sql" {
  const text: string;
  export default text;
}

/** Files that go into the executable as they are; the import gives the path to read them from. */
declare module "*.tar.zst" {
  const path: string;
  export default path;
}
declare module "*.wasm" {
  const path: string;
  export default path;
}
declare module "*.data" {
  const path: string;
  export default path;
}
