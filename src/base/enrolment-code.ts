import type { Random } from "./random.ts";

/** Crockford's: no I, L, O or U, so that nobody reads one for another aloud or on a screen. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 8;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);
const HALF = LENGTH / 2;

/** 40 random bits: enough for a code that is good once, for a day, behind a limit of tries. */
export function newEnrolmentCode(random: Random): string {
  return Array.from(random.bytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** `7KQ2-M9XD`: as people read it. */
export function spacedCode(code: string): string {
  return `${code.slice(0, HALF)}-${code.slice(HALF)}`;
}

/** As it was given out, however it was typed; undefined when it cannot be one. */
export function readEnrolmentCode(text: string): string | undefined {
  const code = text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return CODE.test(code) ? code : undefined;
}
