import type { Random } from "./random.ts";

/** Crockford's: no I, L, O or U, so that nobody reads one for another aloud or on a screen. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TYPED_LENGTH = 8;
/** 130 bits: nobody guesses it, however often. */
const FILED_LENGTH = 26;
const CODE = new RegExp(`^(?:[${ALPHABET}]{${TYPED_LENGTH}}|[${ALPHABET}]{${FILED_LENGTH}})$`);
const HALF = TYPED_LENGTH / 2;

/** 40 random bits: enough for a code that is good once, for a day, behind a limit of tries. */
export function newEnrolmentCode(random: Random): string {
  return letters(random, TYPED_LENGTH);
}

/** For a file, where nobody has to type it. */
export function newFiledCode(random: Random): string {
  return letters(random, FILED_LENGTH);
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

/** Whether guessing is hopeless, so that tries need not be counted. */
export function isFiledCode(text: string): boolean {
  return readEnrolmentCode(text)?.length === FILED_LENGTH;
}

function letters(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
