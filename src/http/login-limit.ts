import type { Clock } from "../base/clock.ts";
import { createTryLimit, type TryLimit } from "./try-limit.ts";

export const LOGIN_TRIES_PER_ADDRESS = 10;
export const LOGIN_TRIES = 100;
export const LOGIN_WINDOW_MS = 15 * 60_000;

export type LoginLimit = TryLimit;

export function createLoginLimit(clock: Clock): LoginLimit {
  return createTryLimit(clock, {
    perAddress: LOGIN_TRIES_PER_ADDRESS,
    all: LOGIN_TRIES,
    windowMs: LOGIN_WINDOW_MS,
    what: "sign in",
  });
}
