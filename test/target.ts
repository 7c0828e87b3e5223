import { parseTarget, type Target } from "../src/domain/address.js";

/** An address or a network as a test writes it. */
export function target(text: string): Target {
  const parsed = parseTarget(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return parsed.target;
}
