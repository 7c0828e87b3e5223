/** The PIN that the person behind an extension shows on the portal. */

export const PIN_DIGITS = { least: 6, most: 12, made: 8 } as const;

/** Why `pin` is none that may be set, as a sentence that says what to write; null where it may. */
export function weaknessOf(pin: string, extension: string): string | null {
  if (!/^[0-9]{6,12}$/.test(pin)) {
    return `A PIN has ${PIN_DIGITS.least} to ${PIN_DIGITS.most} digits. Leave it out, and one is made.`;
  }
  if (isGuessable(pin, extension)) {
    return "That PIN is among the first that anybody would try: take another, or leave it out, and one is made.";
  }
  return null;
}

/** @param randomBelow even among the whole numbers from 0 to below its argument, and not to be foreseen */
export function makePin(extension: string, randomBelow: (limit: number) => number): string {
  for (;;) {
    const pin = Array.from({ length: PIN_DIGITS.made }, () => String(randomBelow(10))).join("");
    if (weaknessOf(pin, extension) === null) return pin;
  }
}

/** Repeats, rows of a keypad, dates and the extension itself: what collections of PINs that leaked have most of. */
function isGuessable(pin: string, extension: string): boolean {
  return (
    new Set(pin).size <= 2 ||
    isRepeated(pin) ||
    isRow(pin) ||
    KEYPAD.some((row) => row.includes(pin) || reversed(row).includes(pin)) ||
    pin === reversed(pin) ||
    isDate(pin) ||
    (extension.length >= 3 && pin.includes(extension))
  );
}

const KEYPAD = [
  "147258369",
  "147369258",
  "159753",
  "258456",
  "147258",
  "123654789",
  "123321",
  "112233445566",
];

/** `123123`, `787878`. */
function isRepeated(pin: string): boolean {
  for (let length = 1; length <= pin.length / 2; length++) {
    if (pin.length % length === 0 && pin.slice(0, length).repeat(pin.length / length) === pin) return true;
  }
  return false;
}

/** Each digit the same step from the one before, beyond 9 with 0: `234567`, `987654`, `135791`. */
function isRow(pin: string): boolean {
  const steps = new Set<number>();
  for (let at = 1; at < pin.length; at++) steps.add((Number(pin[at]) - Number(pin[at - 1]) + 10) % 10);
  return steps.size === 1;
}

/** A day of somebody's life in any of the usual orders, with two or four digits for the year. */
function isDate(pin: string): boolean {
  const orders = pin.length === 6 ? SHORT_DATES : pin.length === 8 ? LONG_DATES : [];
  return orders.some((order) => order.test(pin));
}

const DAY = "(0[1-9]|[12][0-9]|3[01])";
const MONTH = "(0[1-9]|1[0-2])";
const YEAR = "(19[2-9][0-9]|20[0-4][0-9])";
const YY = "[0-9]{2}";
const SHORT_DATES = [`${DAY}${MONTH}${YY}`, `${MONTH}${DAY}${YY}`, `${YY}${MONTH}${DAY}`].map(whole);
const LONG_DATES = [`${DAY}${MONTH}${YEAR}`, `${MONTH}${DAY}${YEAR}`, `${YEAR}${MONTH}${DAY}`].map(whole);

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function reversed(text: string): string {
  return Array.from(text).reverse().join("");
}
