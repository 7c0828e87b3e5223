import type { AreasJson } from "../../../http/contract.js";

type Action = "allow" | "deny";

/** By the prefix: what shall be done with calls there; `forget`: areas decide again. */
export type PrefixWishes = ReadonlyMap<string, Action | "forget">;

export interface PrefixLine {
  readonly prefix: string;
  readonly action: Action;
  readonly wish: "new" | "changed" | "gone" | null;
}

/** The list as it would be, with what goes still on it. */
export function linesOf(stored: AreasJson["prefixes"], wishes: PrefixWishes): PrefixLine[] {
  const before = stored.map(({ prefix, action }): PrefixLine => {
    const wish = wishes.get(prefix);
    if (wish === undefined) return { prefix, action, wish: null };
    return wish === "forget" ? { prefix, action, wish: "gone" } : { prefix, action: wish, wish: "changed" };
  });
  const fresh = [...wishes].flatMap(([prefix, action]): PrefixLine[] =>
    action === "forget" || stored.some((each) => each.prefix === prefix)
      ? []
      : [{ prefix, action, wish: "new" }],
  );
  return [...before, ...fresh];
}

/** The wishes with this one; what is so already is none. */
export function wishPrefix(
  stored: AreasJson["prefixes"],
  wishes: PrefixWishes,
  prefix: string,
  action: Action | "forget",
): PrefixWishes {
  const held = stored.find((each) => each.prefix === prefix)?.action ?? "forget";
  const next = new Map(wishes);
  if (held === action) next.delete(prefix);
  else next.set(prefix, action);
  return next;
}

/** `+4470` of what people type; null: that is no prefix. The daemon looks closer when it is saved. */
export function prefixOf(text: string): string | null {
  const digits = text.replaceAll(/[\s().-]/g, "").replace(/^\+/, "");
  return /^[1-9]\d{0,14}$/.test(digits) ? `+${digits}` : null;
}
