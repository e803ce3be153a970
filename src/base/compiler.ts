import { dlopen } from "bun:ffi";

/** Whether the runtime compiles. Under some limits of memory it silently does not, and is 18 times slower. */
export function compilerRuns(): boolean {
  try {
    dlopen("libc.so.6", { getpid: { args: [], returns: "i32" } }).close();
    return true;
  } catch {
    return false;
  }
}
