import type { HubContext } from "../domain/context.ts";
import { createTryLimit, type TryLimit } from "../domain/try-limit.ts";

export const LOGIN_TRIES_PER_ADDRESS = 10;
export const LOGIN_TRIES = 100;
export const LOGIN_WINDOW_MS = 15 * 60_000;

export type LoginLimit = TryLimit;

export function createLoginLimit(context: Pick<HubContext, "sql" | "clock">): LoginLimit {
  return createTryLimit(context, {
    perAddress: LOGIN_TRIES_PER_ADDRESS,
    all: LOGIN_TRIES,
    windowMs: LOGIN_WINDOW_MS,
    what: "sign in",
  });
}
