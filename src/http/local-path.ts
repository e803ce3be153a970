const NEXT_MAX = 2000;

/** Only a path of this hub: browsers read `//host`, `/\host` and tabs within as another site's address. */
export function localPath(path: string | null): string {
  const local = path !== null && path.length <= NEXT_MAX && /^\/(?![/\\])[\x21-\x7e]*$/.test(path);
  return local && !path.startsWith("/login") ? path : "/";
}
