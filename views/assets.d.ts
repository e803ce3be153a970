/** What `with { type: "file" }` gives: where the file stands, on disk or inside the executable. */
declare module "*.css" {
  const path: string;
  export default path;
}
declare module "*.js" {
  const path: string;
  export default path;
}
declare module "*.svg" {
  const path: string;
  export default path;
}
